"""Files as providers, servers and spreadsheets have them: made here in the shape of theirs, of any length."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

CLOUDFLARE = """\
173.245.48.0/20
103.21.244.0/22
103.22.200.0/22
103.31.4.0/22
141.101.64.0/18
108.162.192.0/18
190.93.240.0/20
188.114.96.0/20
197.234.240.0/22
198.41.128.0/17
162.158.0.0/15
104.16.0.0/13
104.24.0.0/14
172.64.0.0/13
131.0.72.0/22
"""
CLOUDFLARE_IPV6 = """\
2400:cb00::/32
2606:4700::/32
2803:f800::/32
2405:b500::/32
2405:8100::/32
2a06:98c0::/29
2c0f:f248::/32
"""
GOOGLE_SPF = (
    "v=spf1 ip4:35.190.247.0/24 ip4:64.233.160.0/19 ip4:66.102.0.0/20 ip4:66.249.80.0/20 ip4:72.14.192.0/18 "
    "ip4:74.125.0.0/16 ip4:108.177.8.0/21 ip4:173.194.0.0/16 ip4:209.85.128.0/17 ip4:216.58.192.0/19 "
    "ip4:216.239.32.0/19 ~all"
)


def published(count: int) -> list[str]:
    """Return so many networks, IPv4 first, IPv6 behind, as files of providers have them."""
    texts = [f"{net}.{host}/32" for net in ("192.0.2", "198.51.100", "203.0.113") for host in range(256)]
    return (texts[: count // 2] + [f"2001:db8:{number:x}::/48" for number in range(1, count + 1)])[:count]


def batched(networks: Sequence[str], size: int) -> list[Sequence[str]]:
    """Return the networks, so many at a time."""
    return [networks[start : start + size] for start in range(0, len(networks), size)]


def aws(networks: Sequence[str]) -> str:
    """ip-ranges.json of Amazon."""
    same = {"region": "eu-west-1", "service": "S3", "network_border_group": "eu-west-1"}
    kinds = {"prefixes": ("ip_prefix", "."), "ipv6_prefixes": ("ipv6_prefix", ":")}
    lists = {name: [{key: one} | same for one in networks if mark in one] for name, (key, mark) in kinds.items()}
    return json.dumps({"syncToken": "1764212402", "createDate": "2026-11-27-03-00-02", **lists}, indent=2)


def azure(networks: Sequence[str]) -> str:
    """ServiceTags_Public.json of Microsoft: ten networks a tag."""
    values = []
    for number, some in enumerate(batched(networks, 10)):
        name, inner = f"Sql.Region{number}", {"changeNumber": 12, "region": f"region{number}", "regionId": number}
        inner |= {"platform": "Azure", "systemService": "AzureSQL", "addressPrefixes": some, "networkFeatures": ["NSG"]}
        values.append({"name": name, "id": name, "properties": inner})
    return json.dumps({"changeNumber": 388, "cloud": "Public", "values": values}, indent=2)


def google(networks: Sequence[str]) -> str:
    """cloud.json of Google."""
    prefixes = [
        {"ipv4Prefix" if "." in one else "ipv6Prefix": one, "service": "Google Cloud", "scope": "europe-west1"}
        for one in networks
    ]
    return json.dumps({"syncToken": "17642", "creationTime": "2026-11-27T03:00:02.54", "prefixes": prefixes}, indent=2)


def github(networks: Sequence[str]) -> str:
    """The meta document of GitHub, whose longest list is that of the runners."""
    keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"]
    head = {"verifiable_password_authentication": False, "ssh_key_fingerprints": {"SHA256_ED25519": "+DiY3wvvV6TuJJ"}}
    hooks, actions = networks[:4], networks[4:]
    domains = {"website": ["*.github.com"], "actions_inbound": {"full_domains": ["github.com"]}}
    return json.dumps(head | {"ssh_keys": keys, "hooks": hooks, "actions": actions, "domains": domains}, indent=2)


def atlassian(networks: Sequence[str]) -> str:
    """ip-ranges.atlassian.com: each network in two ways, and its mask."""
    items = []
    for one in networks:
        network, _, length = one.partition("/")
        mask = {"mask_len": int(length), "mask": "255.255.255.255" if "." in one else "ffff:ffff:ffff::"}
        items.append({"network": network, "cidr": one, "region": ["global"], "product": ["jira"], **mask})
    return json.dumps({"creationDate": "2026-11-27T03:00:02.54", "syncToken": 17642, "items": items})


def microsoft_365(networks: Sequence[str]) -> str:
    """The web service of Microsoft 365's endpoints."""
    same: dict[str, Any] = {"serviceArea": "Exchange", "urls": ["outlook.office365.com"], "tcpPorts": "80,443"}
    return json.dumps([{"id": n, "ips": some} | same for n, some in enumerate(batched(networks, 10))], indent=1)


def geofeed(networks: Sequence[str]) -> str:
    """A geofeed (RFC 8805)."""
    cities = ("NO,NO-03,Oslo,0150", "US,US-CA,San Francisco,", "TO,,Nuku’alofa,", ",,,", "DE,DE-NW,Köln,")
    lines = (f"{one},{cities[number % len(cities)]}\n" for number, one in enumerate(networks))
    return "# prefix,country_code,region_code,city,postal\n" + "".join(lines)


def nginx(networks: Sequence[str]) -> str:
    """A location of nginx."""
    allowed = "".join(f"    allow {one};  # site {number}\n" for number, one in enumerate(networks))
    return f"location /portal/ {{\n    satisfy all;\n{allowed}\n    deny all;\n    proxy_pass http://portal;\n}}\n"


def apache(networks: Sequence[str]) -> str:
    """A location of Apache's httpd, four networks a line."""
    required = "".join(f"    Require ip {' '.join(some)}\n" for some in batched(networks, 4))
    return f'<Location "/portal">\n  <RequireAny>\n{required}  </RequireAny>\n</Location>\n'


def excel(networks: Sequence[str]) -> bytes:
    """A sheet as Excel saves it in UTF-16, with semicolons, in a country where a comma is in numbers."""
    rows = (f'{one};"Büro {number}; Süd";Köln\r\n' for number, one in enumerate(networks))
    return ("Network;Comment;Site\r\n" + "".join(rows)).encode("utf-16")


def terraform(networks: Sequence[str]) -> str:
    """A variable of Terraform."""
    items = "".join(f'    "{one}", # site {number}\n' for number, one in enumerate(networks))
    head = 'variable "offices" {\n  description = "Who may use the portal"\n  type        = list(string)\n'
    return f"{head}  default = [\n{items}  ]\n}}\n"


def opnsense(networks: Sequence[str]) -> str:
    """The aliases of OPNsense as its page exports them, ten networks each."""
    aliases = {}
    for number, some in enumerate(batched(networks, 10)):
        alias = {"enabled": "1", "name": f"site_{number}", "type": "network", "proto": "", "content": "\n".join(some)}
        aliases[f"{number:08x}-0000-4000-8000-000000000000"] = alias | {"description": f"Site {number}"}
    return json.dumps({"aliases": {"alias": aliases}})


def pfsense(networks: Sequence[str]) -> str:
    """An alias of pfSense as its bulk import has it."""
    return "".join(f"{one} Site {number}\n" for number, one in enumerate(networks))


FILES: dict[str, Callable[[Sequence[str]], str | bytes]] = {
    "AWS": aws,
    "Azure": azure,
    "Google Cloud": google,
    "GitHub": github,
    "Atlassian": atlassian,
    "Microsoft 365": microsoft_365,
    "geofeed": geofeed,
    "nginx": nginx,
    "Apache": apache,
    "Excel": excel,
    "Terraform": terraform,
    "OPNsense": opnsense,
    "pfSense": pfsense,
}
