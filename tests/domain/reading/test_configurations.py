"""Configurations and what programs publish: each is read right, or refused with the line and the reason (R13)."""

from __future__ import annotations

import pytest

from tests.domain.reading.says import errors, networks, said
from webapp.domain.reading.read import read

NGINX = """\
# office
location /portal {
    allow 203.0.113.0/24;  # Office; 2nd floor
    allow 2001:db8::/32;
    allow 192.0.2.1; allow 192.0.2.2;
    deny 192.0.2.9;
    deny all;
}
"""
APACHE = """\
<Location "/portal">
  <RequireAny>
    Require ip 203.0.113.0/24 2001:db8::/32
    Require ip 10.1
    require IP 192.0.2.7 # Home
  </RequireAny>
  <RequireNone>
    Require ip 192.0.2.9
  </RequireNone>
</Location>
Allow from 198.51.100.0/24
Require not ip 192.0.2.10
Require all granted
"""
TERRAFORM = """\
variable "offices" {
  type    = list(string)
  default = [
    "203.0.113.0/24", # Office
    "2001:db8::/32",  // Lab
    "198.51.100.0/24"
  ]
}
blocked = ["192.0.2.9"]
allowed = ["192.0.2.1", "192.0.2.2"]
"""
YAML = """\
---
allowed:
  - 203.0.113.0/24
  - "2001:db8::/32"  # Lab
  - '192.0.2.1'
more: [192.0.2.2, 192.0.2.3]
denied:
- 192.0.2.9
"""
IPTABLES = """\
iptables -A INPUT -s 203.0.113.0/24 -j ACCEPT
-A INPUT -s 203.0.113.0/24 -j DROP
sudo ufw allow from 203.0.113.0/24
nft add rule inet filter input ip saddr 203.0.113.0/24 accept
"""
GEOFEED = """\
# prefix,country,region,city,postal
203.0.113.0/24,NO,NO-03,Oslo,0150
2001:db8::/32,TO,,Nuku’alofa,
198.51.100.0/24,US,US-CA,San Francisco,
192.0.2.0/24,,,,
"""


def test_nginx() -> None:
    assert networks(NGINX) == ["203.0.113.0/24", "2001:db8::/32", "192.0.2.1/32", "192.0.2.2/32"]
    assert errors(NGINX) == [(6, "negation"), (7, "negation")]
    assert said("allow 203.0.113.0/24;  # Office; 2nd floor\n") == [(1, "203.0.113.0/24", "Office; 2nd floor")]
    assert errors("allow all;") == [(1, "everybody")]


def test_apache() -> None:
    assert networks(APACHE) == ["203.0.113.0/24", "2001:db8::/32", "192.0.2.7/32", "198.51.100.0/24"]
    assert errors(APACHE) == [
        (4, "address_syntax"),
        (7, "negation"),
        (8, "negation"),
        (12, "negation"),
        (13, "everybody"),
    ]


def test_terraform() -> None:
    expected = ["203.0.113.0/24", "2001:db8::/32", "198.51.100.0/24", "192.0.2.1/32", "192.0.2.2/32"]
    assert networks(TERRAFORM) == expected
    assert errors(TERRAFORM) == [(9, "negation")]
    assert said(TERRAFORM.partition("blocked")[0])[0] == (4, "203.0.113.0/24", "Office")


@pytest.mark.parametrize("line", ['office = "203.0.113.0/24"', "Office 203.0.113.0/24", "office: 203.0.113.0/24"])
def test_a_name_in_front_of_a_network_becomes_its_comment(line: str) -> None:
    reading = read(line)
    assert errors(line) == [(1, "comment_in_field")]
    (wrong,) = reading.lines
    assert wrong.problem
    assert said(reading.corrected(wrong, *wrong.problem.corrections)) == [
        (1, "203.0.113.0/24", line.split()[0].strip(":"))
    ]


def test_a_list_of_one_is_read() -> None:
    assert said('cidr_blocks = ["203.0.113.0/24"] # Office') == [(1, "203.0.113.0/24", None)]
    assert errors('blocked = ["203.0.113.0/24"]') == [(1, "negation")]
    assert errors('names = ["office.example.com"]')


def test_yaml() -> None:
    assert networks(YAML) == ["203.0.113.0/24", "2001:db8::/32", "192.0.2.1/32", "192.0.2.2/32", "192.0.2.3/32"]
    assert errors(YAML) == [(7, "negation"), (8, "negation")]


def test_a_firewalls_rules_are_never_read() -> None:
    assert errors(IPTABLES) == [(number, "firewall_rule") for number in (1, 2, 3, 4)]


def test_a_geofeed() -> None:
    assert said(GEOFEED) == [
        (2, "203.0.113.0/24", "NO,NO-03,Oslo,0150"),
        (3, "2001:db8::/32", "TO,,Nuku’alofa"),
        (4, "198.51.100.0/24", "US,US-CA,San Francisco"),
        (5, "192.0.2.0/24", None),
    ]


@pytest.mark.parametrize("text", ["{}", '"{}"', '_spf.example.com. 300 IN TXT "{}"'])
def test_spf(text: str) -> None:
    record = text.format("v=spf1 ip4:203.0.113.0/24 +ip6:2001:db8::/32 ip4:192.0.2.7/24 ~all")
    assert networks(record) == ["203.0.113.0/24", "2001:db8::/32"]
    assert errors(record) == [(1, "host_bits")]


def test_spf_that_excludes_or_stands_for_addresses_elsewhere_is_an_error() -> None:
    record = "v=spf1 -ip4:192.0.2.1 ~ip4:192.0.2.2 ?ip6:2001:db8::1 include:_spf.example.com a mx +all"
    assert networks(record) == []
    assert [code for _, code in errors(record)] == ["negation"] * 3 + ["elsewhere"] * 3 + ["everybody"]


def test_plain_lists_as_providers_publish_them() -> None:
    cloudflare = "\n".join(f"198.51.100.{number * 16}/28" for number in range(16)) + "\n"
    assert len(said(cloudflare)) == 16
