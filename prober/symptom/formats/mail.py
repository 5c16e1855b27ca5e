"""Mail: what the JVM's, Python's and Node's clients of SMTP and IMAP say."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "jakarta mail: connect",
        "https://eclipse-ee4j.github.io/angus-mail (MailConnectException)",
        "host, port: ",
        shape(
            r"couldn't connect to host, port: «host», «port»; timeout -?\d{1,9}+"
            r"(?P<error>[^\n]{0,200}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "jakarta mail: a name",
        "https://eclipse-ee4j.github.io/angus-mail (MailConnectException)",
        "unknown smtp host",
        shape(r"unknown (?:smtp|imap|pop3) host: «host»"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        protocol="",
    ),
    Format(
        "postfix: a name",
        "https://www.postfix.org/smtp.8.html (src/smtp/smtp_addr.c)",
        "name service error for name=",
        shape(r"name service error for name=«host» type=\w{1,8}+: (?P<error>[^\n)]{1,80}+)"),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
)
