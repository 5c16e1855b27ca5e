"""Lines of programs that dial, with what is to be read: `outcome protocol host/address:port
@name-server !direction`.

A part that was not said is missing; `-` is no symptom.
"""

GO = (
    (r"dial tcp 198.51.100.7:9090: connect: connection refused", "refused tcp /198.51.100.7:9090"),
    (
        r"dial tcp [2001:db8::7]:9090: connect: no route to host",
        "unreachable tcp /2001:db8::7:9090",
    ),
    (
        r'panic: Get "https://198.19.0.1:443/api?timeout=32s": dial tcp 198.19.0.1:443: i/o timeout',
        "timeout tcp /198.19.0.1:443",
    ),
    (
        r'2026/11/27 03:12:09 Get "http://source-controller.flux-system.svc.cluster.local:9090/x.tar.gz": dial tcp 198.19.4.7:9090: connect: connection refused',
        "refused tcp source-controller.flux-system.svc.cluster.local/198.19.4.7:9090",
    ),
    (
        r"dial tcp: lookup db.shop on 198.19.0.10:53: no such host",
        "no-such-host tcp db.shop/ @198.19.0.10",
    ),
    (
        r'Get "https://api.shop/v1": dial tcp: lookup api.shop on 198.19.0.10:53: no such host',
        "no-such-host tcp api.shop/:443 @198.19.0.10",
    ),
    (
        r"dial tcp: lookup db.shop.svc on 198.19.0.10:53: read udp 198.18.1.5:43111->198.19.0.10:53: i/o timeout",
        "dns-timeout tcp db.shop.svc/ @198.19.0.10",
    ),
    (
        r"dial tcp: lookup db.shop on 198.19.0.10:53: server misbehaving",
        "dns-servfail tcp db.shop/ @198.19.0.10",
    ),
    (r"lookup db.shop: Temporary failure in name resolution", "dns-timeout  db.shop/"),
    (r"dial tcp: lookup db.shop: Try again", "dns-timeout tcp db.shop/"),
    (
        r"dial tcp 198.18.1.5:43210->198.19.0.7:5432: connect: connection timed out",
        "timeout tcp /198.19.0.7:5432",
    ),
    (
        r"read tcp 198.18.1.5:43210->198.19.0.7:5432: read: connection reset by peer",
        "reset tcp /198.19.0.7:5432",
    ),
    (
        r"write tcp 198.18.1.5:43210->198.19.0.7:5432: write: broken pipe",
        "closed tcp /198.19.0.7:5432",
    ),
    (r"read tcp 198.18.1.5:8080->198.18.2.9:51234: read: connection reset by peer", "-"),
    (
        r"read udp 198.18.1.5:43210->198.19.0.10:53: i/o timeout",
        "dns-timeout udp /:53 @198.19.0.10",
    ),
    (
        r"failed to connect to db.shop:5432: dial tcp 198.19.0.7:5432: connect: connection refused",
        "refused tcp db.shop/198.19.0.7:5432",
    ),
    (
        r'{"level":"error","ts":1764212345.1,"caller":"db/conn.go:88","msg":"failed to connect","error":"dial tcp 198.19.0.7:5432: connect: connection refused"}',
        "refused tcp /198.19.0.7:5432",
    ),
    (
        r'time="2026-11-27T03:12:09Z" level=error msg="cannot fetch" error="Get \"http://api.shop:8080/v1\": dial tcp 198.19.0.9:8080: i/o timeout"',
        "timeout tcp api.shop/198.19.0.9:8080",
    ),
    (
        r'Post "https://idp.shop/token": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
        "timeout tcp idp.shop/:443",
    ),
    (
        r'Get "https://api.shop:8443/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
        "tls tcp api.shop/:8443",
    ),
    (
        r'Get "https://api.shop:8443/": x509: certificate is valid for www.shop, not api.shop',
        "tls tcp api.shop/:8443",
    ),
    (
        r'Get "https://api.shop:8080/": http: server gave HTTP response to HTTPS client',
        "tls tcp api.shop/:8080",
    ),
    (r'Get "https://api.shop/": net/http: TLS handshake timeout', "timeout tcp api.shop/:443"),
    (r'Get "http://api.shop:8080/healthz": EOF', "closed tcp api.shop/:8080"),
    (
        r'Get "https://api.shop/v1": proxyconnect tcp: dial tcp 198.19.0.99:3128: connect: connection refused',
        "refused tcp /198.19.0.99:3128",
    ),
    (r'Get "http://api.shop:8080/": context canceled', "-"),
    (r"dial unix /var/run/docker.sock: connect: no such file or directory", "-"),
    (r"listen tcp 0.0.0.0:8080: bind: address already in use", "-"),
    (
        '\x1b[31mERRO\x1b[0m[0012] sync failed   \x1b[31merror\x1b[0m="dial tcp 198.19.0.7:5432: connect: connection refused"',
        "refused tcp /198.19.0.7:5432",
    ),
    (
        r'2026-11-27T03:12:09.123456789Z stderr F {"level":"error","msg":"sync","err":"dial tcp 198.19.0.7:5432: connect: network is unreachable"}',
        "unreachable tcp /198.19.0.7:5432",
    ),
    (
        r'{"log":"dial tcp 198.19.0.7:5432: connect: connection refused\n","stream":"stderr","time":"2026-11-27T03:12:09Z"}',
        "refused tcp /198.19.0.7:5432",
    ),
    (
        r'{"log":"{\"level\":\"error\",\"msg\":\"x\",\"err\":\"dial tcp 198.19.0.7:5432: i/o timeout\"}\n","stream":"stderr"}',
        "timeout tcp /198.19.0.7:5432",
    ),
    (
        r"failed to connect to `host=db.shop user=app database=app`: dial error (dial tcp 198.19.0.7:5432: connect: connection refused)",
        "refused tcp db.shop/198.19.0.7:5432",
    ),
    (
        r"failed to connect to `user=app database=app`: 198.19.0.7:5432 (db.shop): dial error: dial tcp 198.19.0.7:5432: connect: connection refused",
        "refused tcp db.shop/198.19.0.7:5432",
    ),
    (
        r"failed to connect to `user=app database=app`: hostname resolving error: lookup db.shop on 198.19.0.10:53: no such host",
        "no-such-host  db.shop/ @198.19.0.10",
    ),
    (r"dial tcp <nil>->198.19.0.8:8300: i/o timeout", "timeout tcp /198.19.0.8:8300"),
    (
        r"server selection error: server selection timeout, current topology: { Type: Unknown, Servers: [{ Addr: mongo-0.mongo:27017, Type: Unknown, Last error: dial tcp 198.19.0.20:27017: connect: connection refused }, { Addr: mongo-1.mongo:27017, Type: Unknown, Last error: dial tcp 198.19.0.21:27017: i/o timeout }, ] }",
        "refused tcp mongo-0.mongo/198.19.0.20:27017 + timeout tcp mongo-1.mongo/198.19.0.21:27017",
    ),
    (r"dial tcp 198.19.0.7:5432: operation was canceled", "-"),
    (
        r'Error: error validating: Get "https://kubernetes.default.svc/version": dial tcp 198.19.0.1:443: connect: connection refused',
        "refused tcp kubernetes.default.svc/198.19.0.1:443",
    ),
)

GRPC = (
    (
        r'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 198.19.0.30:50051: connect: connection refused"',
        "refused tcp /198.19.0.30:50051",
    ),
    (
        r'[core] [Channel #1 SubChannel #2] grpc: addrConn.createTransport failed to connect to {Addr: "198.19.0.30:50051", ServerName: "cart.shop:50051", }. Err: connection error: desc = "transport: Error while dialing: dial tcp 198.19.0.30:50051: i/o timeout"',
        "timeout tcp cart.shop/198.19.0.30:50051",
    ),
    (
        r'grpc._channel._InactiveRpcError: StatusCode.UNAVAILABLE details = "failed to connect to all addresses; last error: UNKNOWN: ipv4:198.19.0.30:50051: Failed to connect to remote host: Connection refused"',
        "refused tcp /198.19.0.30:50051",
    ),
    (
        r'details = "DNS resolution failed for cart.shop:50051: C-ares status is not ARES_SUCCESS qtype=A name=cart.shop is_balancer=0: Domain name not found"',
        "no-such-host tcp cart.shop/:50051",
    ),
    (
        r"DNS resolution failed for cart.shop:50051: C-ares status is not ARES_SUCCESS qtype=A name=cart.shop is_balancer=0: Timeout while contacting DNS servers",
        "dns-timeout tcp cart.shop/:50051",
    ),
    (
        r"io.grpc.StatusRuntimeException: UNAVAILABLE: Unable to resolve host cart.shop",
        "no-such-host  cart.shop/",
    ),
    (
        r"io.grpc.StatusRuntimeException: DEADLINE_EXCEEDED: deadline exceeded after 4.999s. [buffered_nanos=123, remote_addr=cart.shop/198.19.0.30:50051]",
        "timeout tcp cart.shop/198.19.0.30:50051",
    ),
    (r"rpc error: code = DeadlineExceeded desc = context deadline exceeded", "-"),
    (r"rpc error: code = Unauthenticated desc = invalid token for cart.shop:50051", "-"),
)

JAVA = (
    (r"java.net.ConnectException: Connection refused (Connection refused)", "-"),
    (
        r"io.netty.channel.AbstractChannel$AnnotatedConnectException: finishConnect(..) failed: Connection refused: redis.shop/198.19.0.6:6379",
        "refused tcp redis.shop/198.19.0.6:6379",
    ),
    (
        r"io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: no further information: /198.19.0.6:6379",
        "refused tcp /198.19.0.6:6379",
    ),
    (
        r"io.netty.channel.ConnectTimeoutException: connection timed out: redis.shop/198.19.0.6:6379",
        "timeout tcp redis.shop/198.19.0.6:6379",
    ),
    (
        r"io.netty.channel.ConnectTimeoutException: connection timed out after 30000 ms: api.shop/198.19.0.9:8080",
        "timeout tcp api.shop/198.19.0.9:8080",
    ),
    (
        r"io.netty.channel.AbstractChannel$AnnotatedNoRouteToHostException: No route to host: api.shop/198.19.0.9:8080",
        "unreachable tcp api.shop/198.19.0.9:8080",
    ),
    (r"java.net.UnknownHostException: db.shop", "no-such-host  db.shop/"),
    (
        r"Caused by: java.net.UnknownHostException: db.shop: Temporary failure in name resolution",
        "dns-timeout  db.shop/",
    ),
    (
        r"java.net.UnknownHostException: db.shop: Name or service not known",
        "no-such-host  db.shop/",
    ),
    (
        r"java.net.UnknownHostException: Failed to resolve 'db.shop' [A(1)] after 4 queries",
        "no-such-host  db.shop/",
    ),
    (
        r"io.netty.resolver.dns.DnsNameResolverTimeoutException: [/198.19.0.10:53] query '30721' via UDP timed out after 5000 milliseconds",
        "dns-timeout  / @198.19.0.10",
    ),
    (
        r"org.apache.http.conn.HttpHostConnectException: Connect to api.shop:8080 [api.shop/198.19.0.9] failed: Connection refused (Connection refused)",
        "refused tcp api.shop/198.19.0.9:8080",
    ),
    (
        r"org.apache.http.conn.ConnectTimeoutException: Connect to api.shop:8080 [api.shop/198.19.0.9] failed: connect timed out",
        "timeout tcp api.shop/198.19.0.9:8080",
    ),
    (
        r"org.apache.hc.client5.http.HttpHostConnectException: Connect to http://api.shop:8080 [api.shop/198.19.0.9] failed: Connection refused",
        "refused tcp api.shop/198.19.0.9:8080",
    ),
    (
        r"java.net.ConnectException: Failed to connect to api.shop/198.19.0.9:8080",
        "refused tcp api.shop/198.19.0.9:8080",
    ),
    (
        r"java.net.SocketTimeoutException: failed to connect to api.shop/198.19.0.9 (port 8080) from /198.18.1.5 (port 43210) after 10000ms",
        "timeout tcp api.shop/198.19.0.9:8080",
    ),
    (
        r'org.springframework.web.client.ResourceAccessException: I/O error on GET request for "http://api.shop:8080/v1": Connection refused; nested exception is java.net.ConnectException: Connection refused',
        "refused tcp api.shop/:8080",
    ),
    (
        r"org.springframework.web.reactive.function.client.WebClientRequestException: Connection refused: api.shop/198.19.0.9:8080",
        "refused tcp api.shop/198.19.0.9:8080",
    ),
    (
        r"org.postgresql.util.PSQLException: Connection to db.shop:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.",
        "refused tcp db.shop/:5432",
    ),
    (
        r'com.microsoft.sqlserver.jdbc.SQLServerException: The TCP/IP connection to the host mssql.shop, port 1433 has failed. Error: "connect timed out. Verify the connection properties."',
        "timeout tcp mssql.shop/:1433",
    ),
    (
        r"Could not connect to address=(host=db.shop)(port=3306)(type=master) : Socket fail to connect to host:db.shop, port:3306. Connection refused (Connection refused)",
        "refused tcp db.shop/:3306",
    ),
    (
        r"ORA-12541: Cannot connect. No listener at host 198.19.0.40 port 1521. (CONNECTION_ID=abc==)",
        "refused tcp /198.19.0.40:1521",
    ),
    (
        r"com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure The last packet sent successfully to the server was 0 milliseconds ago.",
        "-",
    ),
    (
        r"io.lettuce.core.RedisConnectionException: Unable to connect to redis.shop/<unresolved>:6379",
        "unknown tcp redis.shop/:6379",
    ),
    (
        r"redis.clients.jedis.exceptions.JedisConnectionException: Failed connecting to redis.shop:6379",
        "unknown tcp redis.shop/:6379",
    ),
    (
        r"com.mongodb.MongoSocketOpenException {address=mongo.shop:27017, type=UNKNOWN, state=CONNECTING, exception={com.mongodb.MongoSocketOpenException: Exception opening socket}, caused by {java.net.ConnectException: Connection refused (Connection refused)}}",
        "refused tcp mongo.shop/:27017",
    ),
    (
        r"javax.net.ssl.SSLHandshakeException: PKIX path building failed for https://api.shop:8443/",
        "tls tcp api.shop/:8443",
    ),
    (
        r"[WARN] [es-0] ConnectTransportException[[es-1][198.19.0.50:9300] connect_timeout[30s]]",
        "timeout tcp /198.19.0.50:9300",
    ),
    (r"HikariPool-1 - Connection is not available, request timed out after 30000ms.", "-"),
)

KAFKA = (
    (
        r"[2026-11-27 03:12:09,123] WARN [Producer clientId=p-1] Connection to node -1 (kafka.shop/198.19.0.7:9092) could not be established. Node may not be available. (org.apache.kafka.clients.NetworkClient)",
        "unknown tcp kafka.shop/198.19.0.7:9092",
    ),
    (
        r"WARN [Consumer clientId=c-1, groupId=g] Bootstrap broker kafka.shop:9092 (id: -1 rack: null) disconnected",
        "closed tcp kafka.shop/:9092",
    ),
    (
        r"WARN Couldn't resolve server kafka.shop:9092 from bootstrap.servers as DNS resolution failed for kafka.shop",
        "no-such-host tcp kafka.shop/:9092",
    ),
    (
        r"%3|1764212345.123|FAIL|rdkafka#producer-1| [thrd:kafka.shop:9092/bootstrap]: kafka.shop:9092/bootstrap: Connect to ipv4#198.19.0.7:9092 failed: Connection refused (after 0ms in state CONNECT)",
        "refused tcp kafka.shop/198.19.0.7:9092",
    ),
    (
        r"%3|1764212345.123|FAIL|rdkafka#consumer-1| [thrd:kafka.shop:9092/bootstrap]: kafka.shop:9092/bootstrap: Failed to resolve 'kafka.shop:9092': Name or service not known (after 3ms in state CONNECT)",
        "no-such-host tcp kafka.shop/:9092",
    ),
    (
        r"%4|1764212345.123|FAIL|rdkafka#producer-1| [thrd:kafka.shop:9092/bootstrap]: kafka.shop:9092/bootstrap: Connection setup timed out in state CONNECT (after 30037ms in state CONNECT)",
        "timeout tcp kafka.shop/:9092",
    ),
    (
        r"ERROR:kafka.conn:Connect attempt to <BrokerConnection node_id=bootstrap-0 host=kafka.shop:9092 <connecting> [IPv4 ('198.19.0.7', 9092)]> returned error 111. Disconnecting.",
        "refused tcp kafka.shop/198.19.0.7:9092",
    ),
    (
        r'{"level":"ERROR","timestamp":"2026-11-27T03:12:09.000Z","logger":"kafkajs","message":"[Connection] Connection error: connect ECONNREFUSED 198.19.0.7:9092","broker":"kafka.shop:9092","clientId":"shop","stack":"Error: connect ECONNREFUSED 198.19.0.7:9092\n    at TCPConnectWrap.afterConnect [as oncomplete] (net.js:1141:16)"}',
        "refused tcp kafka.shop/198.19.0.7:9092",
    ),
    (
        r'{"level":"ERROR","logger":"kafkajs","message":"[BrokerPool] Failed to connect to seed broker, trying another broker from the list: Connection timeout","broker":"kafka.shop:9092","retryCount":0}',
        "timeout tcp kafka.shop/:9092",
    ),
    (
        r"Session 0x0 for server zk.shop/198.19.0.8:2181, unexpected error, closing socket connection and attempting reconnect java.net.ConnectException: Connection refused",
        "refused tcp zk.shop/198.19.0.8:2181",
    ),
    (
        r"INFO Opening socket connection to server zk.shop/198.19.0.8:2181. Will not attempt to authenticate using SASL (unknown error)",
        "-",
    ),
    (
        r"[2026-11-27 03:12:09,123: ERROR/MainProcess] consumer: Cannot connect to amqp://guest:**@rabbit.shop:5672//: [Errno 111] Connection refused. Trying again in 2.00 seconds... (1/100)",
        "refused tcp rabbit.shop/:5672",
    ),
    (
        r"TCP Connection attempt failed: ConnectionRefusedError(111, 'Connection refused'); dest=(<AddressFamily.AF_INET: 2>, <SocketKind.SOCK_STREAM: 1>, 6, '', ('198.19.0.60', 5672))",
        "refused tcp /198.19.0.60:5672",
    ),
)

PYTHON = (
    (
        r"requests.exceptions.ConnectionError: HTTPConnectionPool(host='api.shop', port=8080): Max retries exceeded with url: /v1 (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f12>: Failed to establish a new connection: [Errno 111] Connection refused'))",
        "refused tcp api.shop/:8080",
    ),
    (
        r"HTTPSConnectionPool(host='api.shop', port=443): Max retries exceeded with url: / (Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object at 0x7f>, 'Connection to api.shop timed out. (connect timeout=5)'))",
        "timeout tcp api.shop/:443",
    ),
    (
        r"HTTPSConnectionPool(host='api.shop', port=443): Read timed out. (read timeout=5)",
        "timeout tcp api.shop/:443",
    ),
    (
        r"""HTTPSConnectionPool(host='api.shop', port=443): Max retries exceeded with url: / (Caused by NameResolutionError("<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve 'api.shop' ([Errno -2] Name or service not known)"))""",
        "no-such-host tcp api.shop/:443",
    ),
    (
        r"""HTTPSConnectionPool(host='api.shop', port=443): Max retries exceeded with url: / (Caused by NameResolutionError("<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve 'api.shop' ([Errno -3] Temporary failure in name resolution)"))""",
        "dns-timeout tcp api.shop/:443",
    ),
    (
        r"HTTPSConnectionPool(host='api.shop', port=443): Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)')))",
        "tls tcp api.shop/:443",
    ),
    (
        r"urllib3.exceptions.NewConnectionError: HTTPConnection(host='es.shop', port=9200): Failed to establish a new connection: [Errno 113] No route to host",
        "unreachable tcp es.shop/:9200",
    ),
    (
        r"WARNING urllib3.connectionpool Retrying (Retry(total=2, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused')': /v1",
        "-",
    ),
    (
        r"aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host api.shop:8080 ssl:default [Connect call failed ('198.19.0.9', 8080)]",
        "refused tcp api.shop/198.19.0.9:8080",
    ),
    (
        r"aiohttp.client_exceptions.ClientConnectorDNSError: Cannot connect to host api.shop:8080 ssl:default [Name or service not known]",
        "no-such-host tcp api.shop/:8080",
    ),
    (
        r"Cannot connect to host api.shop:8080 ssl:default [Timeout while contacting DNS servers]",
        "dns-timeout tcp api.shop/:8080",
    ),
    (
        r"Cannot connect to host api.shop:8443 ssl:True [SSLCertVerificationError: (1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:997)')]",
        "tls tcp api.shop/:8443",
    ),
    (
        r"aiohttp.client_exceptions.ConnectionTimeoutError: Connection timeout to host http://api.shop:8080/v1",
        "timeout tcp api.shop/:8080",
    ),
    (
        r"ConnectionRefusedError: [Errno 111] Connect call failed ('198.19.0.7', 5432)",
        "refused tcp /198.19.0.7:5432",
    ),
    (
        r"OSError: Multiple exceptions: [Errno 111] Connect call failed ('2001:db8::7', 5432, 0, 0), [Errno 111] Connect call failed ('198.19.0.7', 5432)",
        "refused tcp /2001:db8::7:5432 + refused tcp /198.19.0.7:5432",
    ),
    (
        r"redis.exceptions.ConnectionError: Error 111 connecting to redis.shop:6379. Connection refused.",
        "refused tcp redis.shop/:6379",
    ),
    (
        r"redis.exceptions.ConnectionError: Error -2 connecting to redis.shop:6379. Name or service not known.",
        "no-such-host tcp redis.shop/:6379",
    ),
    (
        r"redis.exceptions.ConnectionError: Error -3 connecting to redis.shop:6379. Temporary failure in name resolution.",
        "dns-timeout tcp redis.shop/:6379",
    ),
    (
        r"redis.exceptions.ConnectionError: Error while reading from redis.shop:6379 : (104, 'Connection reset by peer')",
        "reset tcp redis.shop/:6379",
    ),
    (
        r"pymongo.errors.ServerSelectionTimeoutError: mongo.shop:27017: [Errno 111] Connection refused (configured timeouts: socketTimeoutMS: 20000.0ms, connectTimeoutMS: 20000.0ms), Timeout: 30s, Topology Description: <TopologyDescription id: 6565, topology_type: Unknown, servers: [<ServerDescription ('mongo.shop', 27017) server_type: Unknown, rtt: None, error=AutoReconnect('mongo.shop:27017: [Errno 111] Connection refused')>]>",
        "refused tcp mongo.shop/:27017",
    ),
    (
        r"pymongo.errors.ServerSelectionTimeoutError: mongo.shop:27017: timed out, Timeout: 30s",
        "timeout tcp mongo.shop/:27017",
    ),
    (
        r"""pymysql.err.OperationalError: (2003, "Can't connect to MySQL server on 'db.shop' ([Errno 111] Connection refused)")""",
        "refused tcp db.shop/",
    ),
    (
        r"ERROR 2003 (HY000): Can't connect to MySQL server on 'db.shop:3306' (110)",
        "timeout tcp db.shop/:3306",
    ),
    (r"ERROR 2005 (HY000): Unknown MySQL server host 'db.shop' (-2)", "no-such-host  db.shop/"),
    (r"socket.gaierror: [Errno -2] Name or service not known", "-"),
    (
        r'psycopg2.OperationalError: connection to server at "db.shop" (198.19.0.7), port 5432 failed: Connection refused',
        "refused tcp db.shop/198.19.0.7:5432",
    ),
    (
        r'psycopg.OperationalError: connection failed: connection to server at "198.19.0.7", port 5432 failed: timeout expired',
        "timeout tcp /198.19.0.7:5432",
    ),
    (
        r'connection to server at "db.shop" (198.19.0.7), port 5432 failed: server closed the connection unexpectedly',
        "closed tcp db.shop/198.19.0.7:5432",
    ),
    (
        r'connection to server at "db.shop" (198.19.0.7), port 5432 failed: FATAL:  password authentication failed for user "app"',
        "-",
    ),
    (
        r'connection to server at "db.shop" (198.19.0.7), port 5432 failed: FATAL:  the database system is starting up',
        "-",
    ),
    (
        r'psycopg2.OperationalError: could not translate host name "db.shop" to address: Name or service not known',
        "no-such-host  db.shop/",
    ),
    (
        r'could not translate host name "db.shop" to address: Temporary failure in name resolution',
        "dns-timeout  db.shop/",
    ),
    (
        r'could not connect to server: Connection refused	Is the server running on host "db.shop" (198.19.0.7) and accepting	TCP/IP connections on port 5432?',
        "refused tcp db.shop/198.19.0.7:5432",
    ),
    (
        r'	Is the server running on host "db.shop" (198.19.0.7) and accepting TCP/IP connections on port 5432?',
        "unknown tcp db.shop/198.19.0.7:5432",
    ),
)

NODE = (
    (r"Error: connect ECONNREFUSED 198.19.0.7:5432", "refused tcp /198.19.0.7:5432"),
    (r"Error: connect ECONNREFUSED ::1:5432", "refused tcp /::1:5432"),
    (r"Error: connect ETIMEDOUT 198.19.0.7:443", "timeout tcp /198.19.0.7:443"),
    (
        r"Error: connect EHOSTUNREACH 198.19.0.7:80 - Local (198.18.1.5:43210)",
        "unreachable tcp /198.19.0.7:80",
    ),
    (r"Error: getaddrinfo ENOTFOUND api.shop", "no-such-host  api.shop/"),
    (r"Error: getaddrinfo EAI_AGAIN api.shop", "dns-timeout  api.shop/"),
    (r"Error: getaddrinfo ENOTFOUND api.shop api.shop:443", "no-such-host tcp api.shop/:443"),
    (r"Error: queryA ETIMEOUT api.shop", "dns-timeout  api.shop/"),
    (
        r"Error: querySrv ENOTFOUND _mongodb._tcp.cluster0.shop.example",
        "no-such-host  _mongodb._tcp.cluster0.shop.example/",
    ),
    (
        r"FetchError: request to https://api.shop:8443/v1 failed, reason: connect ECONNREFUSED 198.19.0.9:8443",
        "refused tcp api.shop/198.19.0.9:8443",
    ),
    (
        r"FetchError: request to http://api.shop:8080/v1 failed, reason: socket hang up",
        "closed tcp api.shop/:8080",
    ),
    (
        r"FetchError: request to https://api.shop/v1 failed, reason: getaddrinfo ENOTFOUND api.shop",
        "no-such-host tcp api.shop/:443",
    ),
    (
        r"FetchError: request to https://api.shop/v1 failed, reason: self signed certificate",
        "tls tcp api.shop/:443",
    ),
    (
        r"ConnectTimeoutError: Connect Timeout Error (attempted address: api.shop:443, timeout: 10000ms)",
        "timeout tcp api.shop/:443",
    ),
    (
        r"MongooseServerSelectionError: connect ECONNREFUSED 198.19.0.20:27017",
        "refused tcp /198.19.0.20:27017",
    ),
    (
        r"MongoNetworkTimeoutError: connection 3 to 198.19.0.20:27017 timed out",
        "timeout tcp /198.19.0.20:27017",
    ),
    (
        r"[ioredis] Unhandled error event: Error: connect ECONNREFUSED 198.19.0.6:6379",
        "refused tcp /198.19.0.6:6379",
    ),
    (
        r'{"level":50,"time":1764212345123,"pid":1,"hostname":"api-7d9","err":{"type":"Error","message":"connect ECONNREFUSED 198.19.0.7:5432","stack":"Error: connect ECONNREFUSED 198.19.0.7:5432","code":"ECONNREFUSED","errno":-111,"syscall":"connect","address":"198.19.0.7","port":5432},"msg":"db"}',
        "refused tcp /198.19.0.7:5432",
    ),
    (
        r"  code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address: '198.19.0.7', port: 5432",
        "refused tcp /198.19.0.7:5432",
    ),
    (
        r"Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: Host: api.shop. is not in the cert's altnames: DNS:www.shop",
        "tls tcp api.shop/",
    ),
    (r"Error: read ECONNRESET", "-"),
    (r"Error: socket hang up", "-"),
)
