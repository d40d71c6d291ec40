"""Settings: every one with its default, and nonsense refused at start with one clear line; `webapp/config.py`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import dispose
from tests.support.server import ROOT, SETTINGS
from webapp import create_app
from webapp.config import Config, ConfigError
from webapp.domain.address import parse_address
from webapp.domain.branding import Support
from webapp.domain.client_address import TrustedProxies

KEY = {"SECRET_KEY": "a key for tests, and long enough"}


def read(**env: str) -> Config:
    """The settings of an environment that has a key."""
    return Config.from_env(KEY | env)


def refusal(env: dict[str, str]) -> str:
    """What the operator is told; one line."""
    with pytest.raises(ConfigError) as error:
        Config.from_env(env)
    text = str(error.value)
    assert text
    assert "\n" not in text
    return text


class Recorded(dict[str, str]):
    """An environment that remembers which settings it was asked for."""

    def __init__(self, **env: str) -> None:
        super().__init__(KEY | env)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


def settings_read() -> set[str]:
    """The settings that `Config` reads."""
    env = Recorded()
    Config.from_env(env)
    return env.asked


# --- what documents say of them -------------------------------------------------------------------------------------

TABLE_ROW = re.compile(r"^\| `([A-Z_]+)` \| ([^|]+) \|", re.MULTILINE)


def documented() -> dict[str, str]:
    """The settings of README's table, with their defaults as it has them."""
    return dict(TABLE_ROW.findall((ROOT / "README.md").read_text(encoding="utf-8")))


def test_the_table_of_settings_has_those_that_are_read_and_no_others() -> None:
    assert set(documented()) == settings_read()


def test_the_table_of_settings_says_each_default_that_is_a_number() -> None:
    numbers = {name: default for name, default in documented().items() if default.isdigit()}
    assert len(numbers) == len([name for name in settings_read() if name.startswith(("SESSION_", "MAX_", "SIGN_IN_"))])
    assert read(**numbers) == read()


def test_each_setting_of_the_example_is_read_by_the_portal_or_its_servers() -> None:
    example = (ROOT / "deploy" / "portal.env.example").read_text(encoding="utf-8")
    others = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) - settings_read()
    servers = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "deploy").glob("*.py"))
    assert others <= set(re.findall(r"environ\.get\(\"(\w+)\"", servers)), others


# --- defaults -------------------------------------------------------------------------------------------------------

DEFAULTS: dict[str, Any] = {
    "database_url": "sqlite:///portal.sqlite3",
    "public_url": "",
    "demo": False,
    "pages": (),
    "open_endpoints": (),
    "home": "",
    "portal_name": "Customer portal",
    "support": None,
    "help_url": "",
    "brand_dir": "",
    "session_idle": timedelta(hours=2),
    "session_absolute": timedelta(hours=12),
    "sign_in_window": timedelta(minutes=15),
    "sign_in_limit_pair": 10,
    "sign_in_limit_client": 50,
    "sign_in_limit_email": 200,
    "sign_in_limit_success": 30,
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_setting_but_the_key_has_a_default(name: str) -> None:
    assert getattr(read(), name) == DEFAULTS[name]


def test_by_default_nobody_is_trusted_and_https_is_off() -> None:
    config = read()
    assert not config.trusted_proxies
    assert (config.https, config.public_host) == (False, None)


def test_empty_settings_are_unset_ones() -> None:
    names = ["DATABASE_URL", "PUBLIC_URL", "TRUSTED_PROXIES", "DEMO", "SESSION_IDLE_SECONDS", "SIGN_IN_LIMIT_PAIR"]
    assert Config.from_env(KEY | dict.fromkeys(names, "")) == read()


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(FrozenInstanceError):
        read().demo = True  # type: ignore[misc]


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "value", "name", "expected"),
    [
        (
            "DATABASE_URL",
            "postgresql+psycopg://portal@db/portal",
            "database_url",
            "postgresql+psycopg://portal@db/portal",
        ),
        ("PUBLIC_URL", "https://portal.example.com", "public_url", "https://portal.example.com"),
        ("PUBLIC_URL", "https://portal.example.com/", "public_url", "https://portal.example.com"),
        ("PUBLIC_URL", "http://portal.example.com:8000", "public_url", "http://portal.example.com:8000"),
        ("SESSION_IDLE_SECONDS", "60", "session_idle", timedelta(minutes=1)),
        ("SESSION_ABSOLUTE_SECONDS", "3600", "session_absolute", timedelta(hours=1)),
        ("SIGN_IN_WINDOW_SECONDS", "30", "sign_in_window", timedelta(seconds=30)),
        ("SIGN_IN_LIMIT_PAIR", "3", "sign_in_limit_pair", 3),
        ("SIGN_IN_LIMIT_CLIENT", "4", "sign_in_limit_client", 4),
        ("SIGN_IN_LIMIT_EMAIL", "5", "sign_in_limit_email", 5),
        ("SIGN_IN_LIMIT_SUCCESS", "6", "sign_in_limit_success", 6),
        ("PORTAL_NAME", "Acme & Söhne", "portal_name", "Acme & Söhne"),
        ("SUPPORT_CONTACT", "a.b+c@example.com", "support", Support("a.b+c@example.com", "mailto:a.b+c@example.com")),
        (
            "SUPPORT_CONTACT",
            "https://example.com/a?b=1",
            "support",
            Support("Contact support", "https://example.com/a?b=1"),
        ),
        ("HELP_URL", "https://example.com:8443/help#a", "help_url", "https://example.com:8443/help#a"),
        ("BRAND_DIR", "/etc/portal/brand", "brand_dir", "/etc/portal/brand"),
        ("DEMO", "1", "demo", True),
        ("DEMO", "0", "demo", False),
        (
            "PORTAL_PAGES",
            "acme.servers:pages, acme.billing:pages,",
            "pages",
            ("acme.servers:pages", "acme.billing:pages"),
        ),
        ("PORTAL_OPEN_ENDPOINTS", "servers.status", "open_endpoints", ("servers.status",)),
        ("PORTAL_HOME", "/servers?all=1", "home", "/servers?all=1"),
    ],
)
def test_every_setting_is_read(variable: str, value: str, name: str, expected: object) -> None:
    assert getattr(read(**{variable: value}), name) == expected


def test_trusted_proxies_are_addresses_networks_and_the_unix_socket() -> None:
    proxies = read(TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/24,2001:db8::/64, unix:").trusted_proxies
    assert proxies == TrustedProxies.parse("127.0.0.1,10.0.0.0/24,2001:db8::/64,unix:")
    assert parse_address("10.0.0.9") in proxies
    assert parse_address("10.0.1.9") not in proxies


def test_the_warning_of_a_wide_range_names_it(caplog: pytest.LogCaptureFixture) -> None:
    read(TRUSTED_PROXIES="10.0.0.0/23,10.1.0.0/24,2001:db8::/64")
    assert caplog.messages == ["TRUSTED_PROXIES: 10.0.0.0/23 is wide: every machine in it can claim any address"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://portal.example.com", "portal.example.com"),
        ("https://portal.example.com:8443", "portal.example.com:8443"),
        ("https://portal.example.com/", "portal.example.com"),
        ("HTTPS://Portal.Example.com", "portal.example.com"),
    ],
)
def test_an_https_public_url_switches_https_on_however_it_is_written(url: str, host: str) -> None:
    config = read(PUBLIC_URL=url)
    assert (config.https, config.public_host) == (True, host)


def test_an_http_public_url_does_not() -> None:
    config = read(PUBLIC_URL="http://portal.example.com")
    assert (config.https, config.public_host) == (False, None)


def test_a_relative_sqlite_path_lies_in_the_instance_folder(tmp_path: Path) -> None:
    app = create_app(Config(secret_key=KEY["SECRET_KEY"], database_url="sqlite:///portal.sqlite3"))
    database = Path(app.extensions["engine"].url.database)
    dispose(app)
    assert database == ROOT / "instance" / "portal.sqlite3"
    app = create_app(Config(secret_key=KEY["SECRET_KEY"], database_url=f"sqlite:///{tmp_path}/elsewhere.sqlite3"))
    assert Path(app.extensions["engine"].url.database) == tmp_path / "elsewhere.sqlite3"
    dispose(app)


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("env", [{}, {"SECRET_KEY": ""}])
def test_without_a_key_the_portal_does_not_start(env: dict[str, str]) -> None:
    assert "SECRET_KEY" in refusal(env)
    with pytest.raises(ConfigError):
        Config(secret_key="")


@pytest.mark.parametrize("key", ["k", "short of thirty-two characters.", "0" * 64, " " * 32])
def test_a_key_that_can_be_guessed_stops_the_start_and_is_not_told(key: str) -> None:
    text = refusal({"SECRET_KEY": key})
    assert text.startswith("SECRET_KEY")
    assert "token_urlsafe" in text
    assert len(key) < 2 or key not in text
    assert Config(secret_key="thirty-two characters are enough").demo is False


BAD_PROXIES = [
    "proxy.example.com",
    "10.0.0.1/24",
    "0.0.0.0/0",
    "::/0",
    "::ffff:10.0.0.1",
    "10.0.0.1,",
    ",",
    "10.0.0.1;10.0.0.2",
    "*",
    "unix:/run/portal.sock",
    "010.0.0.1",
    "0.0.0.0/1,128.0.0.0/1",
    "::/1, 8000::/1",
    "unix:,127.0.0.1,128.0.0.0/1,64.0.0.0/2,0.0.0.0/2",
    ",".join(f"{number}.0.0.0/8" for number in reversed(range(256))),
    ",".join(f"{number:x}00::/8" for number in range(256)),
]


def test_almost_everything_is_no_more_than_wide() -> None:
    almost = ",".join(f"{number}.0.0.0/8" for number in range(255))
    proxies = read(TRUSTED_PROXIES=f"{almost},::/1").trusted_proxies
    assert parse_address("254.0.0.1") in proxies
    assert parse_address("255.0.0.1") not in proxies


@pytest.mark.parametrize("text", BAD_PROXIES)
def test_a_bad_trusted_proxy_stops_the_start(text: str) -> None:
    assert refusal(KEY | {"TRUSTED_PROXIES": text}).startswith("TRUSTED_PROXIES")


BAD_URLS = [
    "portal.example.com",
    "ftp://portal.example.com",
    "https://",
    "https:///x",
    "https://portal.example.com/portal",
    "https://portal.example.com?x=1",
    "https://user:password@portal.example.com",
    "https://[",
    "https://portal.example.com:99999",
    "https://portal.example.com:port",
    "https://portal.example.com#x",
    "https://a b.example.com",
    "https://*.example.com",
    "https://portal.example.com, https://other.example.com",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_bad_public_url_stops_the_start(url: str) -> None:
    assert "PUBLIC_URL" in refusal(KEY | {"PUBLIC_URL": url})


@pytest.mark.parametrize(
    "path",
    [
        "servers",
        "//evil.example",
        "/\\evil",
        "https://evil.example",
        "/caf\u00e9",
        "/a b",
        "/login",
        "/logout?x",
        "/api/v1",
        "/Login",
        "/robots.txt",
        "/?tab=1",
        "/#x",
        "/servers#x",
        "/.",
        "/./",
        "/%2e",
        "/.//evil.example",
        "/servers/../login",
        "/servers/%2E%2e/login",
        "/%6cogin",
    ],
)
def test_a_home_that_is_no_page_of_this_host_stops_the_start(path: str) -> None:
    assert "PORTAL_HOME" in refusal(KEY | {"PORTAL_HOME": path})


@pytest.mark.parametrize("url", [" https://portal.example.com", "https://portal.example.com\n"])
def test_blanks_around_the_public_url_never_switch_https_off_silently(url: str) -> None:
    try:
        config = read(PUBLIC_URL=url)
    except ConfigError:
        return
    assert (config.https, config.public_host) == (True, "portal.example.com")


NUMBERS = [
    "SESSION_IDLE_SECONDS",
    "SESSION_ABSOLUTE_SECONDS",
    "SIGN_IN_WINDOW_SECONDS",
    "SIGN_IN_LIMIT_PAIR",
    "SIGN_IN_LIMIT_CLIENT",
    "SIGN_IN_LIMIT_EMAIL",
]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_is_none_stops_the_start(name: str) -> None:
    for text in ("0", "-1", "1.5", "ten", "1e3", "٣", "9" * 30, " ", "0x10", "1_000"):
        assert name in refusal(KEY | {name: text})


@pytest.mark.parametrize("text", ["2", "maybe", "on!", "tru"])
def test_a_switch_that_is_neither_on_nor_off_stops_the_start(text: str) -> None:
    assert "DEMO" in refusal(KEY | {"DEMO": text})


@pytest.mark.parametrize(
    "other",
    [
        {"TRUSTED_PROXIES": "127.0.0.1"},
        {"TRUSTED_PROXIES": "unix:"},
        {"PUBLIC_URL": "https://portal.example.com"},
        {"PUBLIC_URL": "http://127.0.0.1:8000"},
    ],
)
def test_the_demo_does_not_start_where_others_could_reach_it(other: dict[str, str]) -> None:
    assert "DEMO" in refusal(KEY | {"DEMO": "1"} | other)
    assert not Config.from_env(KEY | {"DEMO": "0"} | other).demo


@pytest.mark.parametrize(
    "url",
    [
        *("nonsense", "postgres://portal@db/portal", "mysql://portal@db/portal", "://", "sqlite"),
        *("postgresql://portal@db:port/portal", "postgresql+psycopg://portal@db:54 32/portal"),
    ],
)
def test_a_database_url_that_cannot_be_used_stops_the_start(url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        create_app(Config.from_env(KEY | {"DATABASE_URL": url}))


def test_a_refusal_does_not_tell_a_password() -> None:
    with pytest.raises(ConfigError) as error:
        create_app(Config.from_env(KEY | {"DATABASE_URL": "postgres://portal:hidden@db/portal"}))
    assert "hidden" not in str(error.value)


# --- a real process -------------------------------------------------------------------------------------------------


def start(then: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """What gunicorn does first: import wsgi. `then` is done after it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    return subprocess.run(
        [sys.executable, "-c", f"import wsgi\n{then}"],
        cwd=ROOT,
        env=inherited | env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("env", "setting"),
    [
        ({}, "SECRET_KEY"),
        (KEY | {"TRUSTED_PROXIES": "proxy.example.com"}, "TRUSTED_PROXIES"),
        (KEY | {"DEMO": "1", "PUBLIC_URL": "https://portal.example.com"}, "DEMO"),
        (KEY | {"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        (KEY | {"PORTAL_NAME": "two\nlines"}, "PORTAL_NAME"),
        (KEY | {"SUPPORT_CONTACT": "javascript:alert(1)"}, "SUPPORT_CONTACT"),
        (KEY | {"HELP_URL": "http://example.com/"}, "HELP_URL"),
        (KEY | {"BRAND_DIR": "/nowhere"}, "BRAND_DIR"),
    ],
)
def test_a_process_that_cannot_start_says_why_in_one_line(env: dict[str, str], setting: str) -> None:
    process = start(**env)
    assert process.returncode != 0
    assert "Traceback" not in process.stderr
    assert len(process.stderr.strip().splitlines()) == 1, process.stderr
    assert setting in process.stderr
    assert process.stdout == ""


def test_a_process_with_good_settings_starts_and_says_nothing(tmp_path: Path) -> None:
    process = start(**KEY, DATABASE_URL=f"sqlite:///{tmp_path}/portal.sqlite3", TRUSTED_PROXIES="127.0.0.1")
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")


def test_a_process_spares_the_collector_what_it_has_loaded(tmp_path: Path) -> None:
    """A full collection looked at over 100,000 objects, 60 ms long, in the middle of somebody's request."""
    count = "import gc\nprint(gc.get_freeze_count(), len(gc.get_objects()))"
    process = start(count, **KEY, DATABASE_URL=f"sqlite:///{tmp_path}/portal.sqlite3", TRUSTED_PROXIES="127.0.0.1")
    frozen, left = map(int, process.stdout.split())
    assert frozen > 50_000 > 1_000 > left
