"""Brokers and their clients: Kafka (Java, librdkafka, kafka-python, kafkajs), RabbitMQ,
ZooKeeper."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "kafka: a node",
        "https://github.com/apache/kafka (NetworkClient.processDisconnection)",
        "could not be established",
        shape(r"connection to node -?\d{1,10}+ \(«target»\) could not be established"),
        failure=Failure.UNKNOWN,
        said=True,
    ),
    Format(
        "kafka: a node, in time",
        "https://github.com/apache/kafka (NetworkClient.handleTimedOutConnections)",
        "socket connection setup timeout",
        shape(r"due to socket connection setup timeout\.[^\n(]{0,60}+\(«target»\)"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "kafka: a bootstrap broker went away",
        "https://github.com/apache/kafka (NetworkClient.handleServerDisconnect)",
        "disconnected",
        shape(r"bootstrap broker «target» \(id: [^)]{1,60}+\) disconnected"),
        failure=Failure.CLOSED,
        said=True,
    ),
    Format(
        "kafka: a bootstrap server does not resolve",
        "https://github.com/apache/kafka (ClientUtils.parseAndValidateAddresses)",
        "bootstrap.servers",
        shape(r"couldn't resolve server «target» from bootstrap\.servers"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
    ),
    Format(
        "librdkafka: connect",
        "https://github.com/confluentinc/librdkafka (rdkafka_broker.c)",
        "connect to ipv",
        shape(
            r"(?:«host»:\d{1,5}+/[\w-]{1,40}+: )?connect to ipv[46]#«target» failed: "
            r"(?P<error>[^\n]{1,80}+)"
        ),
    ),
    Format(
        "librdkafka: resolve",
        "https://github.com/confluentinc/librdkafka (rdaddr.c)",
        "failed to resolve '",
        shape(r"failed to resolve '(?P<target>[^\s']{1,260}+)': (?P<error>[^\n]{1,80}+)"),
        failure=Failure.NO_SUCH_HOST,
    ),
    Format(
        "librdkafka: the set-up timed out, or the broker went away",
        "https://github.com/confluentinc/librdkafka (rdkafka_broker.c)",
        " in state ",
        shape(
            r"(?<![\w./-])(?:\w{1,16}+://)?(?P<target>[\w.-]{1,253}+:\d{1,5}+)/(?:bootstrap|"
            r"\d{1,10}+): "
            r"(?P<error>(?:connection setup timed out|disconnected|connection closed|ssl "
            r"handshake failed)[^\n]{0,80}?)"
            r" ?\(after \d{1,10}+ms in state"
        ),
        failure=Failure.CLOSED,
    ),
    Format(
        "kafka-python: connect",
        "https://github.com/dpkp/kafka-python (conn.py)",
        "returned error",
        shape(
            r"connect attempt to <brokerconnection [^>]{0,80}?host=«host»:\d{1,5}+ <\w{1,24}+> "
            r"\[[^\n(]{1,24}+\('«address»', «port»[^)]{0,12}+\)\]> returned error «errno»"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "kafka-python: lookup",
        "https://github.com/dpkp/kafka-python (conn.py)",
        "dns lookup failed for",
        shape(r"dns lookup failed for «target»"),
        failure=Failure.NO_SUCH_HOST,
    ),
    Format(
        "zookeeper: a server",
        "https://github.com/apache/zookeeper (ClientCnxn)",
        "for server ",
        shape(r"session 0x\w{1,20}+ for (?:server|sever) «target»,? (?P<error>[^\n]{1,240}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "kombu, celery",
        "https://github.com/celery/celery (worker/consumer/consumer.py, CONNECTION_ERROR)",
        "cannot connect to ",
        shape(r"cannot connect to «url»:? (?P<error>[^\n]{1,200}+)"),
    ),
    Format(
        "pika: a socket",
        "https://github.com/pika/pika (adapters/utils/io_services_utils.py)",
        "dest=(",
        shape(r"(?P<error>[^\n;]{1,80}+); dest=\([^\n]{1,120}?\('«address»', «port»"),
    ),
    Format(
        "pika: a workflow",
        "https://github.com/pika/pika (adapters/utils/connection_workflow.py)",
        "'/(<addressfamily",
        shape(
            r"(?P<error>tcp connection attempt timed out): '(?P<host>[^\s']{1,253}+)'/\("
            r"[^\n]{1,120}?\('«address»', «port»"
        ),
    ),
    Format(
        "ibm mq: a host",
        "https://www.ibm.com/docs/en/ibm-mq (CONNAME, AMQ9202E, AMQ9213E)",
        "host '",
        shape(r"\bhost '«host»\(«port»\)'(?P<error>[^\n]{0,160}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "masstransit",
        "https://masstransit.io/documentation/transports/rabbitmq",
        "connection failed: rabbitmq",
        shape(r"connection failed: «url»"),
        failure=Failure.UNKNOWN,
    ),
)
