"""Lines as they were found in issues and forums, in the form of `symptom_lines_clients`."""

LIBRARIES_AND_CONTROLLERS = (
    (
        'E1127 03:12:09.123456       1 reflector.go:147] k8s.io/client-go/informers/factory.go:150: Failed to watch *v1.Node: failed to list *v1.Node: Get "https://198.19.0.1:443/api/v1/nodes?limit=500&resourceVersion=0": dial tcp 198.19.0.1:443: connect: no route to host',
        "unreachable tcp /198.19.0.1:443",
    ),
    (
        'E1127 03:12:09.123456       1 leaderelection.go:330] error retrieving resource lock kube-system/x: Get "https://kubernetes.default.svc/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x?timeout=5s": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
        "timeout tcp kubernetes.default.svc/:443",
    ),
    (
        'time="2026-11-27T03:12:09Z" level=fatal msg="Failed to dial: context deadline exceeded" address="db.shop:5432"',
        "timeout tcp db.shop/:5432",
    ),
    (
        '2026-11-27T03:12:09.000Z\tERROR\tcontroller.cert-manager\tre-queuing item\t{"error": "Get \\"https://vault.vault.svc:8200/v1/sys/health\\": dial tcp 198.19.0.60:8200: connect: connection refused"}',
        "refused tcp vault.vault.svc/198.19.0.60:8200",
    ),
    (
        '{"level":"warn","ts":"2026-11-27T03:12:09.000Z","logger":"etcd-client","caller":"v3@v3.5.9/retry_interceptor.go:62","msg":"retrying of unary invoker failed","target":"etcd-endpoints://0xc0001/198.19.0.90:2379","attempt":0,"error":"rpc error: code = DeadlineExceeded desc = latest balancer error: last connection error: connection error: desc = \\"transport: Error while dialing: dial tcp 198.19.0.90:2379: connect: connection refused\\""}',
        "refused tcp /198.19.0.90:2379",
    ),
    ("nats: no servers available for connection", "-"),
    (
        "[ERR] agent: Coordinate update error: rpc error getting client: failed to get conn: dial tcp <nil>->198.19.0.8:8300: i/o timeout",
        "timeout tcp /198.19.0.8:8300",
    ),
    (
        "Error connecting to redis: dial tcp: lookup redis on 198.19.0.10:53: no such host",
        "no-such-host tcp redis/ @198.19.0.10",
    ),
    (
        "redis: 2026/11/27 03:12:09 pool.go:364: redis: connection pool: failed to dial after 5 attempts: dial tcp 198.19.0.6:6379: connect: connection refused",
        "refused tcp /198.19.0.6:6379",
    ),
    (
        "[mysql] 2026/11/27 03:12:09 packets.go:37: read tcp 198.18.1.5:41234->198.19.0.7:3306: i/o timeout",
        "timeout tcp /198.19.0.7:3306",
    ),
    ("[mysql] 2026/11/27 03:12:09 packets.go:37: unexpected EOF", "-"),
    ("pq: dial tcp 198.19.0.7:5432: connect: connection refused", "refused tcp /198.19.0.7:5432"),
    (
        "failed to initialize database, got error failed to connect to `host=db.shop user=app database=app`: dial error (dial tcp 198.19.0.7:5432: connect: connection refused)",
        "refused tcp db.shop/198.19.0.7:5432",
    ),
    (
        "kafka: client has run out of available brokers to talk to: dial tcp 198.19.0.7:9092: connect: connection refused",
        "refused tcp /198.19.0.7:9092",
    ),
    (
        "[sarama] client/metadata got error from broker -1 while fetching metadata: dial tcp: lookup kafka.shop: i/o timeout",
        "dns-timeout tcp kafka.shop/",
    ),
    ("kafka server: Request exceeded the user-specified time limit in the request", "-"),
    (
        'level=ERROR source=main.go:12 msg="request failed" err="Get \\"http://api.shop:8080/v1\\": read tcp 198.18.1.5:41234->198.19.0.9:8080: read: connection reset by peer"',
        "reset tcp api.shop/198.19.0.9:8080",
    ),
    (
        "http: proxy error: dial tcp 198.18.2.9:8080: connect: connection refused",
        "refused tcp /198.18.2.9:8080",
    ),
    ("2026/11/27 03:12:09 http: proxy error: context canceled", "-"),
    (
        "httputil: ReverseProxy read error during body copy: read tcp 198.18.1.5:41234->198.18.2.9:8080: use of closed network connection",
        "-",
    ),
    (
        "ERROR: Error during WebSocket handshake: net::ERR_CONNECTION_REFUSED ws://api.shop:8080/ws",
        "refused tcp api.shop/:8080",
    ),
    ("net::ERR_NAME_NOT_RESOLVED at https://api.shop/", "no-such-host tcp api.shop/:443"),
    (
        "Caused by: java.net.ConnectException: Connection refused (Connection refused): db.shop:5432",
        "refused tcp db.shop/:5432",
    ),
    (
        "java.net.ConnectException: Connection timed out: connect to db.shop/198.19.0.7:5432",
        "timeout tcp db.shop/198.19.0.7:5432",
    ),
    (
        "java.net.NoRouteToHostException: No route to host (Host unreachable) connecting to http://api.shop:8080/v1",
        "unreachable tcp api.shop/:8080",
    ),
    (
        "org.apache.http.NoHttpResponseException: api.shop:8080 failed to respond",
        "closed tcp api.shop/:8080",
    ),
    ("javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake", "-"),
    (
        "feign.RetryableException: Connection refused executing GET http://cart.shop:8080/items",
        "refused tcp cart.shop/:8080",
    ),
    (
        "feign.RetryableException: connect timed out executing POST http://cart.shop:8080/items",
        "timeout tcp cart.shop/:8080",
    ),
    (
        "com.netflix.discovery.shared.transport.TransportException: Cannot execute request on any known server",
        "-",
    ),
    (
        "o.s.b.w.e.tomcat.TomcatStarter : Error: jdbc:postgresql://db.shop:5432/app connection refused",
        "refused tcp db.shop/:5432",
    ),
    (
        "org.flywaydb.core.internal.exception.FlywaySqlException: Unable to obtain connection from database (jdbc:postgresql://db.shop/app) for user 'app': The connection attempt failed.",
        "-",
    ),
    (
        "java.sql.SQLNonTransientConnectionException: Could not connect to HostAddress{host='db.shop', port=3306}. Connection refused",
        "refused tcp db.shop/:3306",
    ),
    (
        "com.rabbitmq.client.impl ... java.net.UnknownHostException: rabbit.shop",
        "no-such-host  rabbit.shop/",
    ),
    (
        "2026-11-27 03:12:09.123 ERROR 1 --- [main] o.s.a.r.l.SimpleMessageListenerContainer : Failed to check/redeclare: Attempting to connect to: [rabbit.shop:5672] Connection refused",
        "refused tcp rabbit.shop/:5672",
    ),
    (
        "com.datastax.oss.driver.api.core.AllNodesFailedException: Could not reach any contact point: Node(endPoint=cassandra.shop/198.19.0.45:9042, hostId=null): [com.datastax.oss.driver.api.core.connection.ConnectionInitException: Connection refused: cassandra.shop/198.19.0.45:9042]",
        "refused tcp cassandra.shop/198.19.0.45:9042",
    ),
    (
        "org.elasticsearch.client.ResponseException: method [GET], host [http://es.shop:9200], URI [/_cluster/health], status line [HTTP/1.1 503 Service Unavailable]",
        "-",
    ),
    (
        "[main] WARN  org.apache.kafka.clients.NetworkClient - [AdminClient clientId=adminclient-1] Connection to node 1 (kafka-1.kafka.shop.svc.cluster.local/198.18.2.7:9092) could not be established. Broker may not be available.",
        "unknown tcp kafka-1.kafka.shop.svc.cluster.local/198.18.2.7:9092",
    ),
    (
        "[AdminClient clientId=adminclient-1] Connection to node 1 (kafka-1/198.18.2.7:9092) terminated during authentication. This may happen due to any of the following reasons: (1) Authentication failed due to invalid credentials with brokers older than 1.0.0, (2) Firewall blocking Kafka TLS traffic, (3) Transient network issue.",
        "-",
    ),
    (
        '  File "/app/x.py", line 12, in connect    raise ConnectionError("Connection to db.shop:5432 refused")',
        "refused tcp db.shop/:5432",
    ),
    ("ConnectionResetError: [Errno 104] Connection reset by peer", "-"),
    (
        "requests.exceptions.ReadTimeout: HTTPConnectionPool(host='api.shop', port=8080): Read timed out. (read timeout=10)",
        "timeout tcp api.shop/:8080",
    ),
    (
        "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
        "-",
    ),
    (
        "elasticsearch.exceptions.ConnectionError: ConnectionError(<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused) caused by: NewConnectionError(<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused)",
        "-",
    ),
    (
        "elastic_transport.ConnectionError: Connection error caused by: NewConnectionError(<urllib3.connection.HTTPConnection(host='es.shop', port=9200) at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused)",
        "refused tcp es.shop/:9200",
    ),
    (
        "urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='api.shop', port=443): Max retries exceeded with url: / (Caused by ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden')))",
        "-",
    ),
    (
        'botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "http://minio.shop:9000/bucket"',
        "unknown tcp minio.shop/:9000",
    ),
    (
        'botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "https://s3.example.com/bucket"',
        "timeout tcp s3.example.com/:443",
    ),
    (
        "httpx.ConnectTimeout: timed out while connecting to https://api.shop/v1",
        "timeout tcp api.shop/:443",
    ),
    (
        "asyncpg.exceptions.ConnectionDoesNotExistError: connection was closed in the middle of operation",
        "-",
    ),
    (
        "asyncio.exceptions.TimeoutError: connect to 198.19.0.7:5432 timed out",
        "timeout tcp /198.19.0.7:5432",
    ),
    (
        "django.db.utils.OperationalError: (2002, \"Can't connect to MySQL server on 'db.shop' (115)\")",
        "timeout tcp db.shop/",
    ),
    (
        "mysql.connector.errors.DatabaseError: 2003 (HY000): Can't connect to MySQL server on 'db.shop:3306' (111)",
        "refused tcp db.shop/:3306",
    ),
    (
        "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) could not connect to server: Connection refused",
        "-",
    ),
    (
        'OperationalError: connection to server at "db.shop" (198.19.0.7), port 5432 failed: Connection timed out\tIs the server running on that host and accepting TCP/IP connections?',
        "timeout tcp db.shop/198.19.0.7:5432",
    ),
    (
        'OperationalError: connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: No such file or directory',
        "-",
    ),
    ("kombu.exceptions.OperationalError: [Errno 111] Connection refused", "-"),
    (
        "[2026-11-27 03:12:09,000: ERROR/MainProcess] consumer: Cannot connect to redis://redis.shop:6379/0: Error 111 connecting to redis.shop:6379. Connection refused..",
        "refused tcp redis.shop/:6379",
    ),
    (
        "paramiko.ssh_exception.NoValidConnectionsError: [Errno None] Unable to connect to port 22 on 198.19.0.22",
        "unknown tcp /198.19.0.22:22",
    ),
    (
        "Error: connect ECONNREFUSED 198.19.0.7:5432 at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1494:16)",
        "refused tcp /198.19.0.7:5432",
    ),
    (
        "AggregateError [ECONNREFUSED]: connect ECONNREFUSED ::1:3000; connect ECONNREFUSED 127.0.0.1:3000",
        "refused tcp /::1:3000 + refused tcp /127.0.0.1:3000",
    ),
    ("Error: connect ECONNREFUSED redis.shop:6379", "refused tcp redis.shop/:6379"),
    (
        "Error: Redis connection to redis.shop:6379 failed - getaddrinfo ENOTFOUND redis.shop",
        "no-such-host tcp redis.shop/:6379",
    ),
    (
        "Error: Redis connection to redis.shop:6379 failed - connect ETIMEDOUT",
        "timeout tcp redis.shop/:6379",
    ),
    ("MongoServerSelectionError: getaddrinfo ENOTFOUND mongo.shop", "no-such-host  mongo.shop/"),
    (
        "MongoNetworkError: failed to connect to server [mongo.shop:27017] on first connect [Error: connect ECONNREFUSED 198.19.0.20:27017]",
        "refused tcp mongo.shop/198.19.0.20:27017",
    ),
    (
        "axios error: timeout of 5000ms exceeded calling http://api.shop:8080/v1",
        "timeout tcp api.shop/:8080",
    ),
    (
        "Error: connect ENETUNREACH 198.51.100.7:443 - Local (0.0.0.0:0)",
        "unreachable tcp /198.51.100.7:443",
    ),
    (
        "Error: Client network socket disconnected before secure TLS connection was established  host: 'api.shop', port: 443",
        "closed tcp api.shop/:443",
    ),
    (
        "error: uncaughtException: connect EHOSTUNREACH 198.19.0.7:5432",
        "unreachable tcp /198.19.0.7:5432",
    ),
    (
        "RequestError: connect ECONNREFUSED 198.19.0.9:443 url: https://api.shop/v1",
        "refused tcp api.shop/198.19.0.9:443",
    ),
    (
        "TypeError: fetch failed { cause: Error: getaddrinfo EAI_AGAIN api.shop at GetAddrInfoReqWrap.onlookup { errno: -3001, code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname: 'api.shop' } }",
        "dns-timeout  api.shop/",
    ),
    (
        "npm ERR! code ECONNREFUSED npm ERR! errno ECONNREFUSED npm ERR! FetchError: request to http://registry.shop:4873/x failed, reason: connect ECONNREFUSED 198.19.0.71:4873",
        "refused tcp registry.shop/198.19.0.71:4873",
    ),
    ("HTTP status server error (503 Service Unavailable) for url (http://api.shop:8080/v1)", "-"),
    (
        "thread 'main' panicked at src/main.rs:12:34: called `Result::unwrap()` on an `Err` value: Os { code: 111, kind: ConnectionRefused, message: \"Connection refused\" }",
        "-",
    ),
    (
        "error communicating with database: failed to lookup address information: Name or service not known",
        "-",
    ),
    (
        "Error: tcp connect error: Connection refused (os error 111) to db.shop:5432",
        "refused tcp db.shop/:5432",
    ),
    (
        "tonic::transport::channel: transport error connecting to http://cart.shop:50051: tcp connect error: deadline has elapsed",
        "timeout tcp cart.shop/:50051",
    ),
    ('raise ConnectionError("Connection to db.shop:5432 refused")', "refused tcp db.shop/:5432"),
    (
        "urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='api.shop', port=443): Max retries exceeded with url: / (Caused by ProxyError('Unable to connect to proxy', NewConnectionError('<x>: [Errno 111] Connection refused')))",
        "-",
    ),
    (
        'I1127 03:12:09 trace.go:236] Trace[123]: "Reflector ListAndWatch" (total time: 30001ms): ---"Objects listed" error:Get "https://198.19.0.1:443/api/v1/services": dial tcp 198.19.0.1:443: i/o timeout 30001ms (03:12:09.000)',
        "timeout tcp /198.19.0.1:443",
    ),
    (
        'Warning  Unhealthy  3m (x12 over 10m)  kubelet  Readiness probe failed: Get "http://198.18.2.9:8080/ready": dial tcp 198.18.2.9:8080: connect: connection refused',
        "refused tcp /198.18.2.9:8080 !probe",
    ),
    (
        'Liveness probe failed: Get "https://198.18.2.9:8443/livez": net/http: TLS handshake timeout',
        "timeout tcp /198.18.2.9:8443 !probe",
    ),
    (
        'Liveness probe failed: Get "http://198.18.2.9:8080/livez": read tcp 203.0.113.12:51234->198.18.2.9:8080: read: connection reset by peer',
        "reset tcp /198.18.2.9:8080 !probe",
    ),
    (
        'Readiness probe failed: Get "http://198.18.2.9:8080/": EOF',
        "closed tcp /198.18.2.9:8080 !probe",
    ),
    (
        "Readiness probe failed: Could not connect to Redis at 127.0.0.1:6379: Connection refused",
        "refused tcp /127.0.0.1:6379",
    ),
    ("Readiness probe failed: 127.0.0.1:5432 - no response", "unknown tcp /127.0.0.1:5432"),
    ("Readiness probe failed: error: unable to connect to 'localhost:9042'", "-"),
    (
        "Readiness probe failed: calico/node is not ready: BIRD is not ready: Error querying BIRD: unable to connect to BIRDv4 socket: dial unix /var/run/calico/bird.ctl: connect: connection refused",
        "-",
    ),
    ("Readiness probe errored: rpc error: code = NotFound desc = failed to exec in container", "-"),
    (
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "abc": plugin type="calico" failed (add): error getting ClusterInformation: Get "https://198.19.0.1:443/apis/crd.projectcalico.org/v1/clusterinformations/default": dial tcp 198.19.0.1:443: i/o timeout',
        "timeout tcp /198.19.0.1:443 !probe",
    ),
    (
        'Failed to pull image "ghcr.io/org/app:1": rpc error: code = Unknown desc = failed to pull and unpack image "ghcr.io/org/app:1": failed to resolve reference "ghcr.io/org/app:1": failed to do request: Head "https://ghcr.io/v2/org/app/manifests/1": dial tcp: lookup ghcr.io on 198.51.100.53:53: read udp 203.0.113.12:41234->198.51.100.53:53: i/o timeout',
        "dns-timeout tcp ghcr.io/:443 @198.51.100.53 !probe",
    ),
    (
        'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = DeadlineExceeded desc = context deadline exceeded',
        "-",
    ),
    (
        'Error syncing load balancer: failed to ensure load balancer: Post "https://api.cloud.example/v1/lb": dial tcp 203.0.113.80:443: i/o timeout',
        "timeout tcp api.cloud.example/203.0.113.80:443",
    ),
    (
        "Unable to connect to the server: dial tcp 203.0.113.11:6443: i/o timeout",
        "timeout tcp /203.0.113.11:6443",
    ),
    (
        "The connection to the server 203.0.113.11:6443 was refused - did you specify the right host or port?",
        "refused tcp /203.0.113.11:6443",
    ),
    (
        "Error from server: error dialing backend: dial tcp 203.0.113.12:10250: i/o timeout",
        "timeout tcp /203.0.113.12:10250 !webhook",
    ),
    (
        'Error from server: Get "https://203.0.113.12:10250/containerLogs/shop/api-1/app": dial tcp 203.0.113.12:10250: connect: connection refused',
        "refused tcp /203.0.113.12:10250 !webhook",
    ),
    (
        "Error from server (ServiceUnavailable): the server is currently unable to handle the request (get pods.metrics.k8s.io)",
        "-",
    ),
    (
        'unable to fully scrape metrics: unable to fully scrape metrics from node n1: unable to fetch metrics from node n1: Get "https://203.0.113.12:10250/metrics/resource": dial tcp 203.0.113.12:10250: connect: no route to host',
        "unreachable tcp /203.0.113.12:10250",
    ),
    (
        "error trying to reach service: dial tcp 198.18.2.30:8443: i/o timeout",
        "timeout tcp /198.18.2.30:8443 !webhook",
    ),
    (
        'E1127 03:12:09 controller.go:146] Error updating APIService "v1beta1.metrics.k8s.io" with err: failed to download v1beta1.metrics.k8s.io: failed to retrieve openAPI spec, http error: ResponseCode: 503, Body: error trying to reach service: dial tcp 198.19.0.82:443: connect: connection refused',
        "refused tcp /198.19.0.82:443 !webhook",
    ),
    (
        'W1127 03:12:09 dispatcher.go:170] Failed calling webhook, failing open mutate.shop: failed calling webhook "mutate.shop": failed to call webhook: Post "https://mutator.shop.svc:443/mutate?timeout=10s": dial tcp 198.19.0.83:443: connect: no route to host',
        "unreachable tcp mutator.shop.svc/198.19.0.83:443 !webhook",
    ),
    (
        'E1127 03:12:09 dispatcher.go:218] failed calling webhook "x": failed to call webhook: Post "https://x.shop.svc:443/": EOF',
        "closed tcp x.shop.svc/:443 !webhook",
    ),
    (
        'Warning FailedCreate replicaset-controller Error creating: Internal error occurred: failed calling webhook "pod.shop": failed to call webhook: Post "https://policy.shop.svc:443/mutate?timeout=10s": service "policy" not found',
        "-",
    ),
    (
        "[ERROR] plugin/errors: 2 4027281.2839123. HINFO: read udp 198.18.0.3:52000->203.0.113.53:53: read: connection refused",
        "refused udp 4027281.2839123/ @203.0.113.53",
    ),
    (
        "[ERROR] plugin/errors: 2 api.example. AAAA: dial tcp 203.0.113.53:53: i/o timeout",
        "dns-timeout tcp api.example/ @203.0.113.53",
    ),
    ("[ERROR] plugin/errors: 2 api.example. A: unreachable backend: no healthy upstream", "-"),
    ("[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API", "-"),
    ('[INFO] plugin/ready: Still waiting on: "kubernetes"', "-"),
    (
        '.:53 [INFO] 198.18.1.5:43821 - 1234 "AAAA IN github.com.shop.svc.cluster.local. udp 55 false 512" NXDOMAIN qr,aa,rd 148 0.000123s',
        "-",
    ),
    (
        '{"level":"error","ts":"2026-11-27T03:12:09.000Z","msg":"Reconciler error","controller":"gitrepository","error":"failed to checkout and determine revision: unable to clone \'https://git.shop/org/repo\': Get \\"https://git.shop/org/repo/info/refs?service=git-upload-pack\\": dial tcp: lookup git.shop on 198.19.0.10:53: no such host"}',
        "no-such-host tcp git.shop/:443 @198.19.0.10",
    ),
    (
        "failed to checkout and determine revision: unable to list remote for 'ssh://git@git.shop:2222/org/repo': dial tcp 203.0.113.22:2222: i/o timeout",
        "timeout tcp git.shop/203.0.113.22:2222",
    ),
    (
        "failed to checkout and determine revision: unable to clone 'https://git.shop/org/repo': authentication required",
        "-",
    ),
    (
        "Health check failed after 5m: failed to early exit: timeout waiting for: [Deployment/shop/api status: 'InProgress']",
        "-",
    ),
    (
        "chart pull error: failed to download chart for remote reference: failed to get 'oci://registry.shop/charts/app:1.0.0': Get \"https://registry.shop/v2/\": dial tcp 203.0.113.71:443: i/o timeout",
        "timeout tcp registry.shop/203.0.113.71:443",
    ),
    (
        "failed to get 'https://charts.shop/app-1.0.0.tgz': context deadline exceeded",
        "timeout tcp charts.shop/:443",
    ),
    (
        'post event failed: Post "http://notification-controller.flux-system.svc.cluster.local./": dial tcp 198.19.0.31:80: connect: connection refused',
        "refused tcp notification-controller.flux-system.svc.cluster.local/198.19.0.31:80",
    ),
    (
        'Failed to load live state: failed to get cluster info for "https://kubernetes.default.svc": error synchronizing cache state : Get "https://198.19.0.1:443/version?timeout=32s": dial tcp 198.19.0.1:443: i/o timeout',
        "timeout tcp kubernetes.default.svc/198.19.0.1:443",
    ),
    (
        "rpc error: code = Internal desc = Failed to fetch default: `git fetch origin --tags --force --prune` failed exit status 128: fatal: unable to access 'https://git.shop/org/repo/': Could not resolve host: git.shop",
        "no-such-host tcp git.shop/:443",
    ),
    (
        "rpc error: code = Unknown desc = dial tcp 198.19.0.92:6379: connect: connection refused",
        "refused tcp /198.19.0.92:6379",
    ),
    ('Error getting keypair for CA issuer: secret "ca-key-pair" not found', "-"),
    (
        "Failed to perform self check GET request 'http://shop.example/.well-known/acme-challenge/x': Get \"http://shop.example/.well-known/acme-challenge/x\": dial tcp: lookup shop.example on 198.19.0.10:53: no such host",
        "no-such-host tcp shop.example/:80 @198.19.0.10",
    ),
    (
        'propagation check failed" err="Could not find the start of authority for \'_acme-challenge.shop.example.\': read udp 198.18.1.5:41234->198.19.0.10:53: i/o timeout"',
        "dns-timeout udp /:53 @198.19.0.10",
    ),
    (
        "cluster_agent: Unable to connect: cannot reach upstream api.shop:443: x509: certificate has expired or is not yet valid: current time 2026-11-27T03:12:09Z is after 2026-11-01T00:00:00Z",
        "tls tcp api.shop/:443",
    ),
    ("tls: failed to verify certificate: x509: certificate signed by unknown authority", "-"),
    ("remote error: tls: bad certificate", "-"),
    (
        "[2026-11-27 03:12:09] production.ERROR: SQLSTATE[HY000] [2002] Connection refused (Connection: mysql, Host: db.shop, Port: 3306, Database: app, SQL: select * from users)",
        "refused tcp db.shop/:3306",
    ),
    (
        '[2026-11-27 03:12:09] production.ERROR: Connection refused [tcp://198.19.0.6:6379] {"exception":"[object] (Predis\\\\Connection\\\\ConnectionException(code: 111): Connection refused [tcp://198.19.0.6:6379] at /app"}',
        "refused tcp /198.19.0.6:6379",
    ),
    (
        "PHP Fatal error:  Uncaught RedisException: php_network_getaddresses: getaddrinfo for redis.shop failed: Temporary failure in name resolution",
        "dns-timeout  redis.shop/",
    ),
    (
        "PHP Warning: file_get_contents(): php_network_getaddresses: getaddrinfo failed: Name or service not known",
        "-",
    ),
    (
        "Doctrine\\DBAL\\Exception\\ConnectionException: An exception occurred in the driver: SQLSTATE[HY000] [2002] php_network_getaddresses: getaddrinfo for db.shop failed: Name or service not known",
        "no-such-host  db.shop/",
    ),
    (
        'Faraday::ConnectionFailed: Failed to open TCP connection to api.shop:443 (Connection refused - connect(2) for "api.shop" port 443)',
        "refused tcp api.shop/:443",
    ),
    ("Net::ReadTimeout: Net::ReadTimeout with #<TCPSocket:(closed)>", "-"),
    (
        "Sidekiq: Error connecting to Redis on redis.shop:6379 (Redis::TimeoutError)",
        "timeout tcp redis.shop/:6379",
    ),
    (
        "Errno::EHOSTUNREACH: No route to host - connect(2) for 198.19.0.9:443",
        "unreachable tcp /198.19.0.9:443",
    ),
    (
        "RedisClient::CannotConnectError (getaddrinfo: Name or service not known (redis://redis.shop:6379/0))",
        "no-such-host tcp redis.shop/:6379",
    ),
    (
        "Mysql2::Error::ConnectionError: Unknown MySQL server host 'db.shop' (-2)",
        "no-such-host  db.shop/",
    ),
    (
        'PG::ConnectionBad: could not translate host name "db.shop" to address: Name or service not known',
        "no-such-host  db.shop/",
    ),
    (
        "Bunny::TCPConnectionFailedForAllHosts: Could not establish TCP connection to any of the configured hosts",
        "-",
    ),
)

MORE_OF_THEM = (
    (
        '{"duration":475,"response_flags":"UF","bytes_received":0,"remote_addr":"198.18.1.9","method":"GET","path":"/service03","upstream":{"duration":null,"service":"service03","host":"198.18.2.2:8000"},"protocol":"HTTP/1.1","response_code_details":"upstream_reset_before_response_started{connection_failure}","response_code":503}',
        "unknown tcp /198.18.2.2:8000",
    ),
    (
        "[2026-05-10 00:37:32.476][35][debug][http] [source/common/http/filter_manager.cc:839] [C0][S153] Sending local reply with details upstream_reset_before_response_started{connection termination}",
        "-",
    ),
    (
        'Failed to dial target host "greeter-grpc:5000": dial tcp 198.19.0.57:5000: connect: connection refused',
        "refused tcp greeter-grpc/198.19.0.57:5000",
    ),
    (
        "RabbitMQ.Client.Exceptions.BrokerUnreachableException: None of the specified endpoints were reachable ---> RabbitMQ.Client.Exceptions.ConnectFailureException: Connection failed ---> System.Net.Internals.SocketExceptionFactory+ExtendedSocketException: Connection refused 198.18.0.5:5672",
        "refused tcp /198.18.0.5:5672",
    ),
    (
        "System.Net.Sockets.SocketException (10061): No connection could be made because the target machine actively refused it 198.18.0.5:5672",
        "refused tcp /198.18.0.5:5672",
    ),
    (
        'time="2026-07-11T14:13:53Z" level=debug msg="vulcand/oxy/forward/http: Round trip: http://198.18.2.192:8080, code: 504, Length: 15, duration: 30.000786131s"',
        "-",
    ),
    (
        'time="2026-05-05T03:28:37+02:00" level=error msg="retry in 6.571475182s due to: failed to call Pilot: Post \\"https://instance-info.pilot.example/public/command\\": context deadline exceeded (Client.Timeout exceeded while awaiting headers) "',
        "timeout tcp instance-info.pilot.example/:443",
    ),
    (
        "%3|1418300191.571|FAIL|rdkafka#producer-0| kafka:9092/bootstrap: Failed to connect to broker at [kafka]:9092: Connection refused",
        "refused tcp kafka/:9092",
    ),
    (
        "%3|1597743224.187|FAIL|rdkafka#consumer-2| [thrd:kafka:9092/bootstrap]: kafka:9092/1001: Disconnected",
        "-",
    ),
    (
        "%3|1597743224.187|ERROR|rdkafka#consumer-2| [thrd:kafka:9092/bootstrap]: 1/1 brokers are down",
        "-",
    ),
    (
        "|FAIL|rdkafka#producer-2| [thrd:sasl_ssl://broker.shop:9093/bootstrap]: sasl_ssl://broker.shop:9093/bootstrap: Connect to ipv4#198.19.0.7:9093 failed: Connection refused (after 0ms in state CONNECT)",
        "refused tcp broker.shop/198.19.0.7:9093",
    ),
    (
        'reqwest::Error { kind: Request, url: Url { scheme: "http", host: Some(Domain("api.shop")), port: Some(8080), path: "/x", query: None, fragment: None }, source: hyper::Error(Connect, ConnectError("dns error", Custom { kind: Other, error: "failed to lookup address information: Name or service not known" })) }',
        "no-such-host tcp api.shop/:8080",
    ),
    (
        "[2026-11-04T12:00:17Z ERROR kube_client::client::builder] failed with error error trying to connect: tcp connect error: Connection refused (os error 111)",
        "-",
    ),
    (
        'ERROR HTTP{http.method=GET http.url=https://198.19.0.1:443/apis/apps/v1/deployments otel.kind="client"}: kube::client: failed with error error trying to connect: tcp connect error: Connection refused (os error 111)',
        "refused tcp /198.19.0.1:443",
    ),
    (
        "Io error failed to lookup address information: Temporary failure in name resolution, service-graphql:8081(upstream:graphql)",
        "dns-timeout tcp service-graphql/:8081",
    ),
    (
        'Server ingress-node/198.18.10.168 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms.',
        "refused tcp /198.18.10.168",
    ),
    (
        'Server uat-mqtt/SRV_1 is DOWN, reason: Layer4 connection problem, info: "Host is unreachable", check duration: 1890ms. 1 active and 0 backup servers left.',
        "unreachable tcp /",
    ),
    (
        'Health check for server Backend-Web/http1_6 failed, reason: Health analyze, info: "Detected 10 consecutive errors", status: 0/2 DOWN.',
        "-",
    ),
    ("[ALERT]    (301) : backend 'solace-8443-pub_8443' has no server available!", "-"),
    (
        '2026-11-27 03:12:09.123 UTC [123] LOG:  could not connect to the primary server: connection to server at "pg-0.pg" (198.18.2.7), port 5432 failed: Connection refused',
        "refused tcp pg-0.pg/198.18.2.7:5432",
    ),
    (
        "ERROR Unable to reach primary: dial tcp [2001:db8:1::7]:5432: connect: no route to host",
        "unreachable tcp /2001:db8:1::7:5432",
    ),
    (
        'Nov 27 03:12:09 n1 kubelet[1234]: E1127 03:12:09.000 1234 kubelet_node_status.go:540] "Error updating node status, will retry" err="error getting node \\"n1\\": Get \\"https://203.0.113.11:6443/api/v1/nodes/n1?timeout=10s\\": dial tcp 203.0.113.11:6443: connect: connection refused"',
        "refused tcp /203.0.113.11:6443",
    ),
    (
        'Nov 27 03:12:09 n1 containerd[88]: time="2026-11-27T03:12:09Z" level=error msg="PullImage \\"registry.shop:5000/app:1\\" failed" error="failed to pull and unpack image: failed to do request: Head \\"https://registry.shop:5000/v2/\\": dial tcp 198.19.0.70:5000: i/o timeout"',
        "timeout tcp registry.shop/198.19.0.70:5000 !probe",
    ),
    (
        'ts=2026-11-27T03:12:09Z caller=dedupe.go:112 component=remote level=warn remote_name=x url=http://mimir.monitoring:9009/api/v1/push msg="Failed to send batch, retrying" err="Post \\"http://mimir.monitoring:9009/api/v1/push\\": dial tcp 198.19.0.50:9009: connect: connection refused"',
        "refused tcp mimir.monitoring/198.19.0.50:9009",
    ),
    ("[2026/11/27 03:12:09] [error] [output:es:es.0] HTTP status=503 URI=/_bulk", "-"),
    (
        "[2026/11/27 03:12:09] [ warn] [engine] failed to flush chunk '1-123.flb', retry in 9 seconds: task_id=0, input=tail.0 > output=es.0 (out_id=0)",
        "-",
    ),
    (
        "[2026/11/27 03:12:09] [error] [net] connection #55 timeout after 10 seconds to: es.shop:9200",
        "timeout tcp es.shop/:9200",
    ),
    (
        "[2026/11/27 03:12:09] [error] [io] connection #45 failed to: es.shop:9200",
        "unknown tcp es.shop/:9200",
    ),
    (
        'ERROR: could not connect to server "remote" DETAIL: connection to server at "db2.shop" (198.19.0.8), port 5432 failed: No route to host',
        "unreachable tcp db2.shop/198.19.0.8:5432",
    ),
    (
        "dial error: dial tcp4 198.19.0.7:443: connect: network is unreachable",
        "unreachable tcp /198.19.0.7:443",
    ),
    (
        "websocket: dial ws://api.shop:8080/ws: dial tcp: lookup api.shop: no such host",
        "no-such-host tcp api.shop/:8080",
    ),
    ("failed to connect: tls: first record does not look like a TLS handshake", "-"),
    (
        'http://api.shop:8443/ : net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03\\x01\\x00\\x02\\x02"',
        "tls tcp api.shop/:8443",
    ),
    (
        'ldap: LDAP Result Code 200 "Network Error": dial tcp 198.19.0.88:389: connect: connection refused',
        "refused tcp /198.19.0.88:389",
    ),
    (
        "smtplib.SMTPServerDisconnected: Connection unexpectedly closed: mail.shop:25",
        "closed tcp mail.shop/:25",
    ),
    (
        "OSError: [Errno 113] Connect call failed ('198.19.0.7', 5432)",
        "unreachable tcp /198.19.0.7:5432",
    ),
    (
        "Could not connect to server at mail.shop:587, reason: Connection timed out",
        "timeout tcp mail.shop/:587",
    ),
    ("pymemcache.exceptions: MemcacheUnexpectedCloseError memcached.shop:11211", "-"),
    ("couchbase: UnambiguousTimeoutException connecting to couchbase://cb.shop", "-"),
    (
        'influxdb: Post "http://influx.shop:8086/write": read tcp 198.18.1.5:41234->198.19.0.86:8086: i/o timeout',
        "timeout tcp influx.shop/198.19.0.86:8086",
    ),
    (
        "minio: unable to initialize: dial tcp: lookup minio-0.minio.shop.svc.cluster.local on 198.19.0.10:53: no such host",
        "no-such-host tcp minio-0.minio.shop.svc.cluster.local/ @198.19.0.10",
    ),
    (
        'ERROR Could not reach vault at https://vault.vault:8200: Get "https://vault.vault:8200/v1/sys/seal-status": dial tcp 198.19.0.60:8200: i/o timeout',
        "timeout tcp vault.vault/198.19.0.60:8200",
    ),
    (
        "ClickHouse: Code: 210. DB::NetException: Connection refused (ch-0.ch:9000). (NETWORK_ERROR)",
        "refused tcp ch-0.ch/:9000",
    ),
    (
        "Code: 209. DB::NetException: Timeout exceeded while connecting to socket (ch-0.ch:9000, 198.19.0.99:9000, connection timeout 1000 ms)",
        "timeout tcp ch-0.ch/:9000",
    ),
    (
        "Code: 198. DB::Exception: Not found address of host: ch-1.ch. (DNS_ERROR)",
        "no-such-host  ch-1.ch/",
    ),
    (
        "zookeeper: dial tcp 198.19.0.8:2181: connect: connection refused",
        "refused tcp /198.19.0.8:2181",
    ),
)
