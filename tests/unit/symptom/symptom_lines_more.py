"""More lines, in the form of `symptom_lines_clients`: other runtimes, tools, proxies, the cluster's
components."""

RUBY = (
    (
        r'Errno::ECONNREFUSED: Connection refused - connect(2) for "db.shop" port 5432',
        "refused tcp db.shop/:5432",
    ),
    (
        r'Failed to open TCP connection to api.shop:80 (Connection refused - connect(2) for "api.shop" port 80)',
        "refused tcp api.shop/:80",
    ),
    (
        r"SocketError: Failed to open TCP connection to api.shop:443 (getaddrinfo: Name or service not known)",
        "no-such-host tcp api.shop/:443",
    ),
    (
        r"Net::OpenTimeout (Failed to open TCP connection to api.shop:443 (execution expired))",
        "timeout tcp api.shop/:443",
    ),
    (
        r"Redis::CannotConnectError: Error connecting to Redis on redis.shop:6379 (Errno::ECONNREFUSED)",
        "refused tcp redis.shop/:6379",
    ),
    (
        r"RedisClient::CannotConnectError (Connection refused - connect(2) for 198.19.0.6:6379)",
        "refused tcp /198.19.0.6:6379",
    ),
    (
        r'Could not establish TCP connection to rabbit.shop:5672: Connection refused - connect(2) for "rabbit.shop" port 5672',
        "refused tcp rabbit.shop/:5672",
    ),
    (
        r"SSL_connect returned=1 errno=0 peeraddr=198.19.0.9:443 state=error: certificate verify failed (self-signed certificate)",
        "tls tcp /198.19.0.9:443",
    ),
    (
        r'2026-11-27 03:12:09 +0000 [warn]: #0 failed to flush the buffer. retry_times=0 error_class=Errno::ECONNREFUSED error="Connection refused - connect(2) for \"es.shop\" port 9200"',
        "refused tcp es.shop/:9200",
    ),
)

PHP = (
    (
        r"PHP Warning:  stream_socket_client(): Unable to connect to tcp://redis.shop:6379 (Connection refused) in /app/vendor/x.php on line 165",
        "refused tcp redis.shop/:6379",
    ),
    (
        r"fsockopen(): Unable to connect to mail.shop:25 (Connection timed out)",
        "timeout tcp mail.shop/:25",
    ),
    (
        r"php_network_getaddresses: getaddrinfo for api.shop failed: Name or service not known",
        "no-such-host  api.shop/",
    ),
    (
        r"Predis\Connection\ConnectionException: Connection refused [tcp://redis.shop:6379]",
        "refused tcp redis.shop/:6379",
    ),
    (
        r"GuzzleHttp\Exception\ConnectException: cURL error 7: Failed to connect to api.shop port 8080: Connection refused (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for http://api.shop:8080/v1",
        "refused tcp api.shop/:8080",
    ),
    (
        r"cURL error 28: Connection timed out after 10001 milliseconds (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://api.shop/v1",
        "timeout tcp api.shop/:443",
    ),
    (
        r"cURL error 6: Could not resolve host: api.shop (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://api.shop/v1",
        "no-such-host tcp api.shop/:443",
    ),
    (
        r"file_get_contents(http://api.shop/v1): failed to open stream: Connection refused",
        "refused tcp api.shop/:80",
    ),
    (r"SQLSTATE[HY000] [2002] Connection refused", "-"),
)

DOTNET = (
    (
        r"System.Net.Http.HttpRequestException: Connection refused (api.shop:8080)",
        "refused tcp api.shop/:8080",
    ),
    (
        r"System.Net.Http.HttpRequestException: Name or service not known (api.shop:443)",
        "no-such-host tcp api.shop/:443",
    ),
    (
        r"System.Net.Http.HttpRequestException: Resource temporarily unavailable (api.shop:443)",
        "dns-timeout tcp api.shop/:443",
    ),
    (
        r"HttpRequestException: A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond. (api.shop:443)",
        "timeout tcp api.shop/:443",
    ),
    (
        r"No connection could be made because the target machine actively refused it. (198.19.0.9:80)",
        "refused tcp /198.19.0.9:80",
    ),
    (
        r"Npgsql.NpgsqlException (0x80004005): Failed to connect to 198.19.0.7:5432 ---> System.Net.Sockets.SocketException (111): Connection refused",
        "refused tcp /198.19.0.7:5432",
    ),
    (
        r"System.Net.Internals.SocketExceptionFactory+ExtendedSocketException (111): Connection refused 198.19.0.7:5432",
        "refused tcp /198.19.0.7:5432",
    ),
    (
        r"System.Net.Internals.SocketExceptionFactory+ExtendedSocketException (111): Connection refused [::ffff:198.19.0.7]:5432",
        "refused tcp /198.19.0.7:5432",
    ),
    (
        r"StackExchange.Redis.RedisConnectionException: It was not possible to connect to the redis server(s). UnableToConnect on redis.shop:6379/Interactive, Initializing/NotStarted, last: NONE, origin: BeginConnectAsync",
        "unknown tcp redis.shop/:6379",
    ),
)

RUST = (
    (
        r'Error: reqwest::Error { kind: Request, url: "http://api.shop:8080/v1", source: hyper_util::client::legacy::Error(Connect, ConnectError("tcp connect error", Os { code: 111, kind: ConnectionRefused, message: "Connection refused" })) }',
        "refused tcp api.shop/:8080",
    ),
    (
        r"error sending request for url (http://api.shop:8080/v1): error trying to connect: tcp connect error: Connection refused (os error 111)",
        "refused tcp api.shop/:8080",
    ),
    (
        r"error sending request for url (https://api.shop/v1): error trying to connect: dns error: failed to lookup address information: Name or service not known",
        "no-such-host tcp api.shop/:443",
    ),
    (
        r"error sending request for url (https://api.shop/v1): operation timed out",
        "timeout tcp api.shop/:443",
    ),
    (
        r"error sending request for url (https://api.shop/v1): error trying to connect: invalid peer certificate: UnknownIssuer",
        "tls tcp api.shop/:443",
    ),
    (r'Os { code: 111, kind: ConnectionRefused, message: "Connection refused" }', "-"),
)

BEAM = (
    (
        r"** (DBConnection.ConnectionError) tcp connect (db.shop:5432): connection refused - :econnrefused",
        "refused tcp db.shop/:5432",
    ),
    (
        r"[error] Postgrex.Protocol (#PID<0.245.0>) failed to connect: ** (DBConnection.ConnectionError) tcp connect (db.shop:5432): non-existing domain - :nxdomain",
        "no-such-host tcp db.shop/:5432",
    ),
    (
        r'{failed_connect,[{to_address,{"api.shop",8080}},{inet,[inet],econnrefused}]}',
        "refused tcp api.shop/:8080",
    ),
)

CURL = (
    (
        r"curl: (7) Failed to connect to api.shop port 8080: Connection refused",
        "refused tcp api.shop/:8080",
    ),
    (
        r"curl: (7) Failed to connect to api.shop port 8080 after 3 ms: Couldn't connect to server",
        "refused tcp api.shop/:8080",
    ),
    (
        r"curl: (7) Failed to connect to api.shop port 8080 after 3051 ms: Couldn't connect to server",
        "unknown tcp api.shop/:8080",
    ),
    (
        r"curl: (7) Failed to connect to 198.19.0.9 port 443: No route to host",
        "unreachable tcp /198.19.0.9:443",
    ),
    (
        r"curl: (28) Failed to connect to api.shop port 443 after 5001 ms: Timeout was reached",
        "timeout tcp api.shop/:443",
    ),
    (
        r"curl: (28) Failed to connect to api.shop port 443: Connection timed out",
        "timeout tcp api.shop/:443",
    ),
    (r"curl: (6) Could not resolve host: api.shop", "no-such-host  api.shop/"),
    (
        r"* connect to 198.19.0.9 port 8080 from 198.18.1.5 port 42424 failed: Connection refused",
        "refused tcp /198.19.0.9:8080",
    ),
    (
        r"curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to api.shop:443",
        "reset tcp api.shop/:443",
    ),
    (r"curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received", "-"),
    (r"*   Trying 198.19.0.9:8080...", "-"),
    (r"* Connected to api.shop (198.19.0.9) port 8080 (#0)", "-"),
    (r"curl: (22) The requested URL returned error: 503", "-"),
)

WGET = (
    (
        r"Connecting to api.shop (api.shop)|198.19.0.9|:8080... failed: Connection refused.",
        "refused tcp api.shop/198.19.0.9:8080",
    ),
    (
        r"Connecting to api.shop|198.19.0.9|:8080... failed: Connection timed out.",
        "timeout tcp api.shop/198.19.0.9:8080",
    ),
    ("wget: unable to resolve host address \u2018api.shop\u2019", "no-such-host  api.shop/"),
    (r"wget: bad address 'api.shop:8080'", "no-such-host tcp api.shop/:8080"),
    (
        r"wget: can't connect to remote host (198.19.0.9): Connection refused",
        "refused tcp /198.19.0.9",
    ),
    (
        r"Resolving api.shop (api.shop)... failed: Temporary failure in name resolution.",
        "dns-timeout  api.shop/",
    ),
    (r"Connecting to api.shop (api.shop)|198.19.0.9|:8080... connected.", "-"),
    (r"wget: server returned error: HTTP/1.1 503 Service Unavailable", "-"),
)

GIT_SSH = (
    (
        r"fatal: unable to access 'https://git.shop/owner/repo.git/': Failed to connect to git.shop port 443: Connection refused",
        "refused tcp git.shop/:443",
    ),
    (
        r"fatal: unable to access 'https://git.shop/owner/repo.git/': Could not resolve host: git.shop",
        "no-such-host tcp git.shop/:443",
    ),
    (
        r"fatal: unable to access 'https://git.shop/owner/repo.git/': SSL certificate problem: unable to get local issuer certificate",
        "tls tcp git.shop/:443",
    ),
    (
        r"fatal: unable to access 'https://git.shop/owner/repo.git/': The requested URL returned error: 403",
        "-",
    ),
    (r"ssh: connect to host git.shop port 22: Connection refused", "refused tcp git.shop/:22"),
    (
        r"ssh: connect to host 198.19.0.22 port 22: Connection timed out",
        "timeout tcp /198.19.0.22:22",
    ),
    (
        r"ssh: Could not resolve hostname git.shop: Name or service not known",
        "no-such-host  git.shop/",
    ),
    (
        r"ssh: Could not resolve hostname git.shop: Temporary failure in name resolution",
        "dns-timeout  git.shop/",
    ),
    (r"Connection closed by 198.19.0.22 port 22", "closed tcp /198.19.0.22:22"),
    (r"Connection reset by 198.19.0.22 port 22", "reset tcp /198.19.0.22:22"),
    (
        r"sshd[812]: Connection closed by authenticating user root 198.18.9.9 port 51234 [preauth]",
        "-",
    ),
    (r"git@github.com: Permission denied (publickey).", "-"),
)

NC = (
    (
        r"nc: connect to db.shop port 5432 (tcp) failed: Connection refused",
        "refused tcp db.shop/:5432",
    ),
    (
        r"nc: connect to db.shop (198.19.0.7) 5432 port [tcp/postgresql] failed: Connection timed out",
        "timeout tcp db.shop/198.19.0.7:5432",
    ),
    (
        r"nc: connect to 198.19.0.10 port 53 (udp) failed: Connection refused",
        "refused udp /198.19.0.10:53",
    ),
    (
        r"db.shop [198.19.0.7] 5432 (postgresql) : Connection refused",
        "refused tcp db.shop/198.19.0.7:5432",
    ),
    (r"(UNKNOWN) [198.19.0.7] 5432 (?) : Connection timed out", "timeout tcp /198.19.0.7:5432"),
    (r"nc: bad address 'db.shop'", "no-such-host  db.shop/"),
    (r"nc: 198.19.0.7 (198.19.0.7:5432): Connection refused", "refused tcp /198.19.0.7:5432"),
    (
        r'nc: getaddrinfo for host "db.shop" port 5432: Name or service not known',
        "no-such-host tcp db.shop/:5432",
    ),
    (r"Connection to db.shop 5432 port [tcp/postgresql] succeeded!", "-"),
)

DNS_TOOLS = (
    (r"** server can't find api.shop: NXDOMAIN", "no-such-host  api.shop/"),
    (r"** server can't find api.shop: SERVFAIL", "dns-servfail  api.shop/"),
    (r";; communications error to 198.19.0.10#53: timed out", "dns-timeout udp / @198.19.0.10"),
    (r"nslookup: can't resolve 'api.shop'", "no-such-host  api.shop/"),
    (r"ping: api.shop: Name or service not known", "no-such-host  api.shop/"),
    (r"Host api.shop not found: 3(NXDOMAIN)", "no-such-host  api.shop/"),
)

NGINX = (
    (
        r'2026/11/27 03:12:09 [error] 31#31: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 198.18.1.5, server: _, request: "GET / HTTP/1.1", upstream: "http://198.18.2.9:8080/", host: "shop.example"',
        "refused tcp /198.18.2.9:8080",
    ),
    (
        r'2026/11/27 03:12:09 [error] 31#31: *7 upstream timed out (110: Connection timed out) while connecting to upstream, client: 198.18.1.5, server: shop.example, request: "GET /cart HTTP/1.1", upstream: "http://198.18.2.9:8080/cart", host: "shop.example:8080"',
        "timeout tcp /198.18.2.9:8080",
    ),
    (
        r'2026/11/27 03:12:09 [error] 31#31: *7 recv() failed (104: Connection reset by peer) while reading response header from upstream, client: 198.18.1.5, server: _, request: "GET / HTTP/1.1", upstream: "http://198.18.2.9:8080/", host: "shop.example"',
        "reset tcp /198.18.2.9:8080",
    ),
    (
        r'2026/11/27 03:12:09 [error] 31#31: *7 upstream prematurely closed connection while reading response header from upstream, client: 198.18.1.5, server: _, request: "GET / HTTP/1.1", upstream: "http://198.18.2.9:8080/", host: "shop.example"',
        "closed tcp /198.18.2.9:8080",
    ),
    (
        r'2026/11/27 03:12:09 [error] 31#31: *7 connect() failed (113: No route to host) while connecting to upstream, client: 198.18.1.5, server: _, request: "GET / HTTP/1.1", upstream: "http://198.18.2.9:8080/", host: "shop.example"',
        "unreachable tcp /198.18.2.9:8080",
    ),
    (
        r'2026/11/27 03:12:09 [error] 31#31: *7 SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream, client: 198.18.1.5, server: _, request: "GET / HTTP/1.1", upstream: "https://198.18.2.9:8443/", host: "shop.example"',
        "tls tcp /198.18.2.9:8443",
    ),
    (
        r'nginx: [emerg] host not found in upstream "api.shop.svc" in /etc/nginx/nginx.conf:12',
        "no-such-host  api.shop.svc/",
    ),
    (
        r'2026/11/27 03:12:09 [error] 31#31: *7 api.shop.svc could not be resolved (3: Host not found), client: 198.18.1.5, server: _, request: "GET / HTTP/1.1", host: "shop.example"',
        "no-such-host  api.shop.svc/",
    ),
    (
        r'2026/11/27 03:12:09 [error] 31#31: *7 api.shop.svc could not be resolved (110: Operation timed out), client: 198.18.1.5, server: _, request: "GET / HTTP/1.1", host: "shop.example"',
        "dns-timeout  api.shop.svc/",
    ),
    (
        r"2026/11/27 03:12:09 [info] 31#31: *7 client 198.18.1.5 closed keepalive connection (104: Connection reset by peer)",
        "-",
    ),
    (
        r"2026/11/27 03:12:09 [info] 31#31: *7 client timed out (110: Connection timed out) while waiting for request, client: 198.18.1.5, server: 0.0.0.0:80",
        "-",
    ),
    (
        r'2026/11/27 03:12:09 [info] 31#31: *7 epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while sending request to upstream, client: 198.18.1.5, server: _, request: "GET / HTTP/1.1", upstream: "http://198.18.2.9:8080/", host: "shop.example"',
        "-",
    ),
    (
        r'198.18.1.5 - - [27/Nov/2026:03:12:09 +0000] "GET /errors/connection%20refused?to=db.shop:5432 HTTP/1.1" 502 157 "-" "curl/8.5.0"',
        "-",
    ),
)

HAPROXY = (
    (
        r'[WARNING]  (8) : Server be_api/198.18.2.9:8080 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 0 active and 0 backup servers left.',
        "refused tcp /198.18.2.9:8080",
    ),
    (
        r"[WARNING]  (8) : Server be_api/api1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left.",
        "timeout tcp /",
    ),
    (
        r"[ALERT] (1) : [/etc/haproxy/haproxy.cfg:31] : 'server be_api/api1' : could not resolve address 'api.shop.svc'.",
        "no-such-host  api.shop.svc/",
    ),
    (
        r'[WARNING]  (8) : Server be_api/api1 is DOWN, reason: Layer7 wrong status, code: 503, info: "Service Unavailable", check duration: 2ms.',
        "-",
    ),
    (
        r"[WARNING]  (8) : Server be_api/api1 is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and 0 backup servers online.",
        "-",
    ),
    (
        r'198.18.1.5:33317 [27/Nov/2026:03:12:09.655] http-in be_api/api1 0/0/-1/-1/3 503 212 - - SC-- 1/1/0/0/3 0/0 "GET / HTTP/1.1"',
        "-",
    ),
)

ENVOY = (
    (
        r'[2026-11-27T03:12:09.000Z] "GET /cart HTTP/1.1" 503 UF upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_111} - "-" 0 152 5 - "-" "curl/8.5.0" "0f1e" "cart.shop:8080" "198.18.2.9:8080" outbound|8080||cart.shop.svc.cluster.local - 198.19.0.30:8080 198.18.1.5:43210 - default',
        "refused tcp cart.shop.svc.cluster.local/198.18.2.9:8080",
    ),
    (
        r'[2026-11-27T03:12:09.000Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 45 23 22 "-" "curl/8.5.0" "0f1e" "cart.shop:8080" "198.18.2.9:8080" outbound|8080||cart.shop.svc.cluster.local 198.18.1.5:43210 198.19.0.30:8080 198.18.1.5:51000 - default',
        "-",
    ),
    (
        r'[2026-11-27T03:12:09.000Z] "- - -" 0 UF,URX - - "-" 0 0 1000 - "-" "-" "-" "-" "198.18.2.7:5432" outbound|5432||db.shop.svc.cluster.local - 198.19.0.7:5432 198.18.1.5:43210 - -',
        "unknown tcp db.shop.svc.cluster.local/198.18.2.7:5432",
    ),
    (
        r'{"authority":"cart.shop:8080","method":"GET","path":"/","response_code":503,"response_flags":"UF","upstream_cluster":"outbound|8080||cart.shop.svc.cluster.local","upstream_host":"198.18.2.9:8080","upstream_transport_failure_reason":"delayed connect error: 111"}',
        "refused tcp cart.shop.svc.cluster.local/198.18.2.9:8080",
    ),
    (
        r'[2026-11-27T03:12:09.000Z] "GET / HTTP/1.1" 0 DC downstream_remote_disconnect - "-" 0 0 3 - "-" "curl/8.5.0" "0f1e" "cart.shop:8080" "198.18.2.9:8080" outbound|8080||cart.shop.svc.cluster.local - 198.19.0.30:8080 198.18.1.5:43210 - default',
        "-",
    ),
)

TRAEFIK_APACHE = (
    (
        r"""time="2026-11-27T03:12:09Z" level=debug msg="'502 Bad Gateway' caused by: dial tcp 198.18.2.9:8080: connect: connection refused\"""",
        "refused tcp /198.18.2.9:8080",
    ),
    (
        r'2026-11-27T03:12:09Z WRN Health check failed. error="HTTP request failed: Get \"http://198.18.2.9:8080/health\": dial tcp 198.18.2.9:8080: i/o timeout" targetURL=http://198.18.2.9:8080',
        "timeout tcp /198.18.2.9:8080",
    ),
    (
        r"[proxy:error] [pid 8:tid 140] (111)Connection refused: AH00957: http: attempt to connect to 198.18.2.9:8080 (api.shop:8080) failed",
        "refused tcp api.shop/198.18.2.9:8080",
    ),
    (
        r"[proxy:error] [pid 8:tid 140] (110)Connection timed out: AH00957: HTTP: attempt to connect to 198.18.2.9:8080 (api.shop) failed",
        "timeout tcp api.shop/198.18.2.9:8080",
    ),
)

CLIS = (
    (
        r"Could not connect to Redis at redis.shop:6379: Connection refused",
        "refused tcp redis.shop/:6379",
    ),
    (
        r"Could not connect to Redis at redis.shop:6379: Name or service not known",
        "no-such-host tcp redis.shop/:6379",
    ),
    (r"db.shop:5432 - no response", "unknown tcp db.shop/:5432"),
    (r"db.shop:5432 - accepting connections", "-"),
    (
        r"wait-for-it.sh: timeout occurred after waiting 15 seconds for db.shop:5432",
        "unknown tcp db.shop/:5432",
    ),
    (
        r"[error] [upstream] connection #45 to tcp://198.19.0.50:9200 timed out after 10 seconds (connection timeout)",
        "timeout tcp /198.19.0.50:9200",
    ),
    (
        r"[ warn] [net] getaddrinfo(host='es.shop', err=12): Timeout while contacting DNS servers",
        "dns-timeout  es.shop/",
    ),
    (
        r'{"t":{"$date":"2026-11-27T03:12:09.000+00:00"},"s":"I","c":"REPL","id":4712102,"ctx":"ReplCoord-1","msg":"Host failed in replica set","attr":{"replicaSet":"rs0","host":"mongo-1.mongo:27017","error":{"code":6,"codeName":"HostUnreachable","errmsg":"Error connecting to mongo-1.mongo:27017 (198.18.2.21:27017) :: caused by :: Connection refused"}}}',
        "refused tcp mongo-1.mongo/198.18.2.21:27017",
    ),
)

PROMETHEUS = (
    (
        r'Get "http://198.18.2.9:9100/metrics": dial tcp 198.18.2.9:9100: connect: connection refused',
        "refused tcp /198.18.2.9:9100",
    ),
    (
        r'Get "http://198.18.2.9:9100/metrics": context deadline exceeded',
        "timeout tcp /198.18.2.9:9100",
    ),
    (r"server returned HTTP status 503 Service Unavailable", "-"),
    (
        r'ts=2026-11-27T03:12:09.000Z caller=notifier.go:530 level=error component=notifier alertmanager=http://alertmanager.monitoring:9093/api/v2/alerts count=1 msg="Error sending alert" err="Post \"http://alertmanager.monitoring:9093/api/v2/alerts\": dial tcp: lookup alertmanager.monitoring on 198.19.0.10:53: no such host"',
        "no-such-host tcp alertmanager.monitoring/:9093 @198.19.0.10",
    ),
)

KUBELET = (
    (
        r'Readiness probe failed: Get "http://198.18.2.9:8080/healthz": dial tcp 198.18.2.9:8080: connect: connection refused',
        "refused tcp /198.18.2.9:8080 !probe",
    ),
    (
        r'Liveness probe failed: Get "http://198.18.2.9:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
        "timeout tcp /198.18.2.9:8080 !probe",
    ),
    (
        r"Startup probe failed: dial tcp 198.18.2.9:5432: i/o timeout",
        "timeout tcp /198.18.2.9:5432 !probe",
    ),
    (
        r'Readiness probe failed: timeout: failed to connect service "198.18.2.9:8080" within 1s: context deadline exceeded',
        "timeout tcp /198.18.2.9:8080 !probe",
    ),
    (r"Readiness probe failed: HTTP probe failed with statuscode: 503", "-"),
    (
        r'I1127 03:12:09.000000    1234 prober.go:107] "Probe failed" probeType="Readiness" pod="shop/api-7d9" podUID="x" containerName="api" probeResult="failure" output="Get \"http://198.18.2.9:8080/healthz\": dial tcp 198.18.2.9:8080: connect: connection refused"',
        "refused tcp /198.18.2.9:8080 !probe",
    ),
    (
        r'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32 Mounting command: mount Mounting arguments: -t nfs nfs.shop:/export /var/lib/kubelet/pods/x/volumes/kubernetes.io~nfs/data Output: mount.nfs: Connection timed out',
        "timeout tcp nfs.shop/ !probe",
    ),
    (
        r'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32 Output: mount.nfs: Failed to resolve server nfs.shop: Name or service not known',
        "no-such-host tcp nfs.shop/ !probe",
    ),
    (
        r'Failed to pull image "registry.shop:5000/app:1": failed to do request: Head "https://registry.shop:5000/v2/app/manifests/1": dial tcp 198.19.0.70:5000: connect: connection refused',
        "refused tcp registry.shop/198.19.0.70:5000 !probe",
    ),
    (r"Back-off restarting failed container api in pod api-7d9_shop", "-"),
)

API_SERVER = (
    (
        r'Internal error occurred: failed calling webhook "validate.shop": failed to call webhook: Post "https://admission.shop.svc:443/validate?timeout=10s": dial tcp 198.19.0.80:443: connect: connection refused',
        "refused tcp admission.shop.svc/198.19.0.80:443 !webhook",
    ),
    (
        r'Internal error occurred: failed calling webhook "validate.shop": failed to call webhook: Post "https://admission.shop.svc:443/validate?timeout=10s": context deadline exceeded',
        "timeout tcp admission.shop.svc/:443 !webhook",
    ),
    (
        r'failed calling webhook "validate.shop": failed to call webhook: Post "https://admission.shop.svc:443/validate?timeout=10s": no endpoints available for service "admission"',
        "unknown tcp admission.shop.svc/:443 !webhook",
    ),
    (
        r'failed calling webhook "validate.shop": failed to call webhook: Post "https://admission.shop.svc:443/validate?timeout=10s": x509: certificate signed by unknown authority',
        "tls tcp admission.shop.svc/:443 !webhook",
    ),
    (
        r'conversion webhook for cert-manager.io/v1alpha2, Kind=Certificate failed: Post "https://cert-manager-webhook.cert-manager.svc:443/convert?timeout=30s": dial tcp 198.19.0.81:443: i/o timeout',
        "timeout tcp cert-manager-webhook.cert-manager.svc/198.19.0.81:443 !webhook",
    ),
    (
        r'failing or missing response from https://198.19.0.82:443/apis/metrics.k8s.io/v1beta1: Get "https://198.19.0.82:443/apis/metrics.k8s.io/v1beta1": dial tcp 198.19.0.82:443: connect: connection refused',
        "refused tcp /198.19.0.82:443 !webhook",
    ),
    (
        r"failing or missing response from https://198.18.2.30:4443/apis/metrics.k8s.io/v1beta1: bad status from https://198.18.2.30:4443/apis/metrics.k8s.io/v1beta1: 403",
        "-",
    ),
    (
        r"error dialing backend: dial tcp 203.0.113.11:10250: connect: connection refused",
        "refused tcp /203.0.113.11:10250 !webhook",
    ),
    (
        r'admission webhook "validate.shop" denied the request: image registry.shop:5000/app is not allowed',
        "-",
    ),
)

COREDNS = (
    (
        r"[ERROR] plugin/errors: 2 github.com. A: read udp 198.18.0.3:45678->203.0.113.53:53: i/o timeout",
        "dns-timeout udp github.com/ @203.0.113.53",
    ),
    (
        r'[INFO] 198.18.1.5:43821 - 1234 "A IN api.shop. udp 26 false 512" NXDOMAIN qr,aa,rd 119 0.000123s',
        "-",
    ),
    (
        r'[INFO] plugin/kubernetes: pkg/mod/k8s.io/client-go@v0.27.4/tools/cache/reflector.go:231: failed to list *v1.Service: Get "https://198.19.0.1:443/api/v1/services?limit=500": dial tcp 198.19.0.1:443: i/o timeout',
        "timeout tcp /198.19.0.1:443",
    ),
)

GITOPS = (
    (
        r"failed to checkout and determine revision: unable to clone 'ssh://git@github.com/owner/repo.git': dial tcp 203.0.113.22:22: connect: connection refused",
        "refused tcp github.com/203.0.113.22:22",
    ),
    (
        r"unable to clone 'git@github.com:owner/repo': dial tcp 203.0.113.22:22: i/o timeout",
        "timeout tcp github.com/203.0.113.22:22",
    ),
    (
        r'failed to get artifact, retrying: GET http://source-controller.flux-system.svc.cluster.local./gitrepository/flux-system/x.tar.gz giving up after 10 attempt(s): Get "http://source-controller.flux-system.svc.cluster.local./gitrepository/flux-system/x.tar.gz": dial tcp 198.19.4.7:80: connect: connection refused',
        "refused tcp source-controller.flux-system.svc.cluster.local/198.19.4.7:80",
    ),
    (
        r'level=error msg="failed to get artifact" error="Get \"http://source-controller.flux-system.svc.cluster.local:9090/...\": dial tcp 10.43.x.x:9090: connect: connection refused"',
        "refused tcp source-controller.flux-system.svc.cluster.local/:9090",
    ),
    (
        r'failed to fetch Helm repository index: failed to cache index to temporary file: Get "https://charts.shop/index.yaml": dial tcp: lookup charts.shop on 198.19.0.10:53: server misbehaving',
        "dns-servfail tcp charts.shop/:443 @198.19.0.10",
    ),
    (
        r"health check failed after 9m30s: timeout waiting for: [Deployment/shop/api status: InProgress]",
        "-",
    ),
    (
        r'rpc error: code = Unknown desc = Get "https://git.shop/org/repo/info/refs?service=git-upload-pack": dial tcp: lookup git.shop on 198.19.0.10:53: read udp 198.18.1.5:43111->198.19.0.10:53: i/o timeout',
        "dns-timeout tcp git.shop/:443 @198.19.0.10",
    ),
    (
        r'ComparisonError: Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 198.19.0.90:8081: connect: connection refused"',
        "refused tcp /198.19.0.90:8081",
    ),
    (
        r'"msg"="failed to register an ACME account" "error"="Get \"https://acme.shop/directory\": dial tcp: lookup acme.shop on 198.19.0.10:53: no such host"',
        "no-such-host tcp acme.shop/:443 @198.19.0.10",
    ),
    (
        r"""Waiting for HTTP-01 challenge propagation: failed to perform self check GET request 'http://shop.example/.well-known/acme-challenge/x': Get "http://shop.example/.well-known/acme-challenge/x": dial tcp 203.0.113.4:80: connect: connection timed out""",
        "timeout tcp shop.example/203.0.113.4:80",
    ),
    (r"Waiting for HTTP-01 challenge propagation: wrong status code '404', expected '200'", "-"),
    (r"ssh: handshake failed: knownhosts: key mismatch", "-"),
)

GENERIC = (
    (
        r"2026-11-27 03:12:09 ERROR inventory: cannot reach stock.shop:7000: connection refused",
        "refused tcp stock.shop/:7000",
    ),
    (r"ERROR [worker-3] connection to redis:6379 timed out", "timeout tcp redis/:6379"),
    (
        r'{"severity":"ERROR","message":"connection refused","host":"db.shop","port":5432}',
        "refused tcp db.shop/:5432",
    ),
    (r'level=error msg="connection refused" addr=db.shop:5432', "refused tcp db.shop/:5432"),
    (r"failed: host stock.shop port 7000: No route to host", "unreachable tcp stock.shop/:7000"),
    (
        r"[ERROR] could not push to [2001:db8::9]:4317: connection reset by peer",
        "reset tcp /2001:db8::9:4317",
    ),
    (
        r"cannot send to smtp.shop:25 from 198.18.1.5:43210: connection timed out",
        "timeout tcp smtp.shop/:25",
    ),
)
