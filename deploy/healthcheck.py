"""Whether the portal of this container answers: the image's HEALTHCHECK. It asks for PUBLIC_URL's host, as users do."""

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

port = int(os.environ.get("LISTEN", "127.0.0.1:8000").rpartition(":")[2])
host = urlsplit(os.environ.get("PUBLIC_URL", "").strip().lower()).netloc
connection = HTTPConnection("127.0.0.1", port, timeout=4)
try:
    connection.request("GET", "/healthz", headers={"Host": host} if host else {})
    status = connection.getresponse().status
except OSError as error:
    sys.exit(f"unhealthy: {error}")
finally:
    connection.close()
if status != 200:
    sys.exit(f"unhealthy: /healthz answers {status}")
