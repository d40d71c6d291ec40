"""JSON: our own lists, what providers publish, and documents that exclude, are broken or too deep (R13)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.domain.reading.says import errors, networks, said
from webapp.domain.comment import MAX_COMMENT
from webapp.domain.reading.read import read
from webapp.domain.reading.unreadable import Unreadable

NET = "203.0.113.0/24"
AWS = {
    "syncToken": "1700000000",
    "createDate": "2026-11-27-02-53-02",
    "prefixes": [
        {"ip_prefix": NET, "region": "eu-west-1", "service": "S3", "network_border_group": "eu-west-1"},
        {"ip_prefix": NET, "region": "eu-west-1", "service": "AMAZON", "network_border_group": "eu-west-1"},
    ],
    "ipv6_prefixes": [{"ipv6_prefix": "2001:db8::/32", "region": "GLOBAL", "service": "CLOUDFRONT"}],
}
AZURE = {
    "changeNumber": 300,
    "cloud": "Public",
    "values": [
        {
            "name": "ActionGroup.WestEurope",
            "id": "ActionGroup.WestEurope",
            "properties": {
                "region": "westeurope",
                "platform": "Azure",
                "systemService": "ActionGroup",
                "addressPrefixes": ["198.51.100.7/32", "2001:db8:1::/48"],
                "networkFeatures": ["API", "NSG", "UDR", "FW"],
            },
        }
    ],
}
GITHUB = {
    "verifiable_password_authentication": False,
    "ssh_key_fingerprints": {"SHA256_RSA": "uNiVztksCsDhcc0u9e8BgrJXVGDPyIRqVPyyXrNZ2ZU"},
    "ssh_keys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"],
    "hooks": ["192.0.2.0/24", "2001:db8:2::/48"],
    "web": ["192.0.2.0/24"],
    "domains": {"website": ["*.github.example"]},
}
GOOGLE = {
    "syncToken": "1700000000000",
    "creationTime": "2026-11-27T02:53:02.54321",
    "prefixes": [
        {"ipv4Prefix": NET, "service": "Google Cloud", "scope": "africa-south1"},
        {"ipv6Prefix": "2001:db8::/44"},
    ],
}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (AWS, [(NET, "S3, eu-west-1"), (NET, "AMAZON, eu-west-1"), ("2001:db8::/32", "CLOUDFRONT, GLOBAL")]),
        (
            AZURE,
            [
                ("198.51.100.7/32", "ActionGroup.WestEurope, westeurope"),
                ("2001:db8:1::/48", "ActionGroup.WestEurope, westeurope"),
            ],
        ),
        (GITHUB, [("192.0.2.0/24", None), ("2001:db8:2::/48", None), ("192.0.2.0/24", None)]),
        (GOOGLE, [(NET, "Google Cloud"), ("2001:db8::/44", None)]),
    ],
    ids=["aws", "azure", "github", "google"],
)
def test_a_providers_document_is_read_with_what_stands_beside(document: Any, expected: list[Any]) -> None:
    assert [(network, comment) for _, network, comment in said(json.dumps(document))] == expected
    assert all(line.is_hint is (line.comment is not None) for line in read(json.dumps(document, indent=1)).lines)


def test_a_list_of_texts_or_objects_is_read_strictly() -> None:
    items = f'"{NET}",\n{{"cidr": "192.0.2.7", "description": "Home"}}'
    text = f'[\n{items},\n"x", 5, {{"ip": null}}, {{"ip": "192.0.2.7/24"}}\n]'
    reading = read(text)
    assert [(str(line.network), line.comment) for line in reading.lines[:2]] == [(NET, None), ("192.0.2.7/32", "Home")]
    assert errors(text) == [(4, "hostname"), (4, "type"), (4, "type"), (4, "host_bits")]
    assert not any(line.is_hint for line in reading.lines)


def test_our_own_document_is_read_from_its_networks() -> None:
    text = json.dumps({"state": "active", "networks": [{"network": NET, "comment": ""}, {"network": "192.0.2.7"}]})
    assert said(text) == [(1, NET, ""), (1, "192.0.2.7/32", None)]
    assert said('{"networks": []}') == said("[]") == []


@pytest.mark.parametrize(
    "document",
    [
        {"deny": [NET]},
        {"blockedIps": {"office": NET}},
        {"Effect": "Deny", "Condition": {"IpAddress": {"aws:SourceIp": [NET]}}},
        {"Effect": "Allow", "Condition": {"NotIpAddress": {"aws:SourceIp": [NET]}}},
        {"rules": [{"source": [NET], "action": "drop"}]},
        {"rules": [{"source": NET, "enabled": False}]},
        {"ipBlock": {"except": [NET]}},
        [{"network": NET, "action": "deny"}],
        [{"network": NET, "paused": True}],
        {"action": "deny", "networks": [NET]},
        {"alias": {"name": "Blocked_hosts", "content": f"{NET}\n192.0.2.7"}},
        ["!203.0.113.0/24"],
    ],
)
def test_what_a_document_excludes_is_never_an_addition(document: Any) -> None:
    assert set(errors(json.dumps(document))) == {(1, "negation")}
    assert networks(json.dumps(document)) == []


@pytest.mark.parametrize("mask", ["255.255.255.0", 24, "24 ", "/24"])
@pytest.mark.parametrize("key", ["mask", "netmask", "mask_len", "prefixLength", "subnetMask"])
def test_a_mask_beside_an_address_is_no_network_and_the_address_is_half_of_one(key: str, mask: Any) -> None:
    half = {"items": [{"host": "192.0.2.0", key: mask, "where": [NET]}]}
    assert errors(json.dumps(half)) == [(1, "netmask_notation")]
    assert networks(json.dumps(half)) == [NET]
    whole = {"items": [{"host": "192.0.2.0", key: mask, "cidr": "192.0.2.0/24"}]}
    assert said(json.dumps(whole)) == [(1, "192.0.2.0/24", None)]


def test_a_firewalls_aliases_have_several_networks_in_a_text() -> None:
    alias = {"enabled": "1", "name": "Offices", "type": "network", "content": f"{NET}\n192.0.2.7\n192.0.2.7/24"}
    document = json.dumps({"alias": {"aliases": {"0f3c": alias | {"description": "All offices"}}}})
    assert [(str(line.network), line.comment) for line in read(document).lines[:2]] == [
        (NET, "Offices, All offices"),
        ("192.0.2.7/32", "Offices, All offices"),
    ]
    assert errors(document) == [(1, "host_bits")]
    assert [line.problem.corrections for line in read(document).lines if line.problem] == [()]
    assert errors(document.replace('"1"', '"0"')) == [(1, "negation")] * 3


def test_a_mistyped_network_in_a_document_is_an_error_and_other_texts_are_not() -> None:
    document = {
        "a": "192.0.2.7/24",
        "b": "1.2.3",
        "c": "12:30:00",
        "d": "aa:bb:cc:dd:ee:ff",
        "e": f"see {NET}",
        "f": NET,
    }
    assert errors(json.dumps(document)) == [(1, "host_bits")]
    assert networks(json.dumps(document)) == [NET]


def test_a_long_remark_is_cut_to_a_comment() -> None:
    (line,) = read(json.dumps({"x": {"net": NET, "description": "y" * 500}})).lines
    assert line.comment == "y" * (MAX_COMMENT - 1) + "…"


def test_a_correction_takes_the_texts_place() -> None:
    reading = read('{"a": [ "192.0.2.7/24" ]}')
    assert reading.corrected(reading.lines[0], "192.0.2.0/24") == '{"a": [ "192.0.2.0/24" ]}'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"networks": [', "json"),
        ('[{"network": "192.0.2.1"},]', "json"),
        ("[" * 1_000 + "]" * 1_000, "json_depth"),
        ('{"a":' * 1_000 + "1" + "}" * 1_000, "json_depth"),
        ("[" * 101 + "]" * 101, "json_depth"),
        ("[" * 100_000 + "]" * 100_000, "json_depth"),
        (f"[{'[],' * 20_000}1]", "json_values"),
    ],
    ids=["cut", "comma", "arrays", "objects", "one too many", "far too deep", "many"],
)
def test_broken_deep_or_endless_json_is_refused(text: str, problem: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert caught.value.problem == problem


def test_a_hundred_levels_and_a_number_of_any_length_are_read() -> None:
    assert networks("[" * 99 + f'"{NET}"' + "]" * 99) == [NET]
    assert networks(f'{{"a": {"9" * 5_000}, "b": "{NET}"}}') == [NET]


def test_a_list_between_brackets_that_is_no_json_is_read_by_lines() -> None:
    assert said(f'[\n  "{NET}", # Office\n  "192.0.2.7",\n]\n') == [(2, NET, "Office"), (3, "192.0.2.7/32", None)]
