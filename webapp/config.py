"""Every setting: ours, typed, from the environment, and Flask's, which follow. Nonsense stops the process at start."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app

from webapp.domain import branding
from webapp.domain.branding import Support
from webapp.domain.client_address import TrustedProxies

PUBLIC_URL = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:[1-9][0-9]{0,4})?")
HOME = re.compile(r"/(?![/?])[!\"$-\[\]-~]*")  # printable ASCII without a backslash, and no fragment
NO_HOME = frozenset(
    {"api", "auth", "blocked", "healthz", "login", "logout", "readyz", "robots.txt", "session", "static"}
)
DATABASE_URL = re.compile(r"sqlite(\+pysqlite)?:///|postgresql(\+psycopg)?://")
MIN_SECRET_KEY = 32  # characters
A_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
NO_PROXIES = TrustedProxies.parse("")
# A stranger's form is read, too, before its CSRF token is checked: 16 KB of anything cost about 10 ms.
MAX_BODY = 16 * 1024  # bytes
MAX_LARGE_BODY = 1024 * 1024  # of a text of networks: read only for somebody who is let in
MAX_PARTS = 100  # of a multipart form; 16 KB of the other kind hold few enough fields

T = TypeVar("T")

logger = logging.getLogger(__name__)


class ConfigError(ValueError):
    """A setting that cannot be used; the text names the setting and the way out."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process.

    Durations are `timedelta`, limits are counts per `sign_in_window`. See the table in README.md.
    """

    secret_key: str
    database_url: str = "sqlite:///portal.sqlite3"
    public_url: str = ""
    trusted_proxies: TrustedProxies = NO_PROXIES
    demo: bool = False
    pages: tuple[str, ...] = ()
    open_endpoints: tuple[str, ...] = ()
    home: str = ""
    portal_name: str = "Customer portal"
    support: Support | None = None
    help_url: str = ""
    brand_dir: str = ""
    session_idle: timedelta = timedelta(hours=2)
    session_absolute: timedelta = timedelta(hours=12)
    max_sessions_per_user: int = 20
    sign_in_window: timedelta = timedelta(minutes=15)
    sign_in_limit_pair: int = 10
    sign_in_limit_client: int = 50
    sign_in_limit_email: int = 200
    sign_in_limit_success: int = 30

    def __post_init__(self) -> None:
        if not self.secret_key:
            raise ConfigError(f"SECRET_KEY is not set: {A_KEY} makes one.")
        if len(self.secret_key) < MIN_SECRET_KEY or len(set(self.secret_key)) == 1:
            raise ConfigError(f"SECRET_KEY must be {MIN_SECRET_KEY} or more random characters: {A_KEY} makes one.")
        if self.public_url and not _is_origin(self.public_url):
            raise ConfigError("PUBLIC_URL must look like https://portal.example.com, in lower case, without a path.")
        if not DATABASE_URL.match(self.database_url):
            raise ConfigError("DATABASE_URL must begin with sqlite:/// or postgresql:// (SQLAlchemy's notation).")
        if self.demo and (self.public_url or self.trusted_proxies):
            raise ConfigError("DEMO cannot be combined with PUBLIC_URL or TRUSTED_PROXIES: unset DEMO in production.")
        if self.home and not _is_home(self.home):
            raise ConfigError("PORTAL_HOME must be / or the path of a page on this host, like /servers, in ASCII.")

    @property
    def https(self) -> bool:
        """Whether people reach the portal by https, as PUBLIC_URL says."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str | None:
        """The only host that is answered, or None where any is (no https PUBLIC_URL)."""
        return urlsplit(self.public_url).netloc if self.https else None

    @property
    def landing(self) -> str:
        """Where sign-in leads whoever was not going anywhere."""
        return self.home or "/"

    @property
    def overview(self) -> str:
        """The path of the overview, to which the portal's own links lead: with PORTAL_HOME, `/` is not the portal's."""
        return "/account" if self.home else "/"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Config:
        """Read the settings.

        Raises:
            ConfigError: a setting is missing or cannot be used.
        """
        try:
            proxies = TrustedProxies.parse(env.get("TRUSTED_PROXIES", ""))
        except ValueError as error:
            raise ConfigError(f"TRUSTED_PROXIES: {error}") from error
        for network in proxies.wide:
            logger.warning("TRUSTED_PROXIES: %s is wide: every machine in it can claim any address", network)

        default = cls(secret_key=env.get("SECRET_KEY", ""))

        def seconds(name: str, default: timedelta) -> timedelta:
            return timedelta(seconds=_number(env, name, int(default.total_seconds())))

        return cls(
            secret_key=default.secret_key,
            database_url=env.get("DATABASE_URL") or default.database_url,
            public_url=env.get("PUBLIC_URL", "").strip().rstrip("/").lower(),
            trusted_proxies=proxies,
            demo=_switch(env, "DEMO"),
            pages=_list(env, "PORTAL_PAGES"),
            open_endpoints=_list(env, "PORTAL_OPEN_ENDPOINTS"),
            home=env.get("PORTAL_HOME", "").strip(),
            portal_name=_said(env, "PORTAL_NAME", branding.parse_name, default.portal_name),
            support=_said(env, "SUPPORT_CONTACT", branding.parse_support, None),
            help_url=_said(env, "HELP_URL", branding.parse_url, ""),
            brand_dir=env.get("BRAND_DIR", ""),
            session_idle=seconds("SESSION_IDLE_SECONDS", default.session_idle),
            session_absolute=seconds("SESSION_ABSOLUTE_SECONDS", default.session_absolute),
            max_sessions_per_user=_number(env, "MAX_SESSIONS_PER_USER", default.max_sessions_per_user),
            sign_in_window=seconds("SIGN_IN_WINDOW_SECONDS", default.sign_in_window),
            sign_in_limit_pair=_number(env, "SIGN_IN_LIMIT_PAIR", default.sign_in_limit_pair),
            sign_in_limit_client=_number(env, "SIGN_IN_LIMIT_CLIENT", default.sign_in_limit_client),
            sign_in_limit_email=_number(env, "SIGN_IN_LIMIT_EMAIL", default.sign_in_limit_email),
            sign_in_limit_success=_number(env, "SIGN_IN_LIMIT_SUCCESS", default.sign_in_limit_success),
        )


def register(app: Flask, *objects: object) -> None:
    """Let the app hold each of the objects, the only one of its class, for `app_object`."""
    app.extensions.setdefault("portal", {}).update({type(one): one for one in objects})


def app_object(kind: type[T], app: Flask | None = None) -> T:
    """Return the object of that class which the running app holds (or `app`): its Config, say.

    Raises:
        KeyError: no object of that class was registered.
    """
    found: T = (app or current_app).extensions["portal"][kind]
    return found


def flask_settings(config: Config) -> dict[str, Any]:
    """Return the settings of Flask, Flask-Login and Flask-WTF."""
    return {
        "SECRET_KEY": config.secret_key,
        "SESSION_COOKIE_NAME": "__Host-session" if config.https else "portal_session",
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "TRUSTED_HOSTS": [config.public_host] if config.public_host else None,
        "SESSION_PROTECTION": None,
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY,
        "MAX_FORM_PARTS": MAX_PARTS,
    }


def _is_origin(url: str) -> bool:
    """Whether the text is scheme, host name and perhaps port; no IPv6 literal, which Werkzeug never trusts."""
    found = PUBLIC_URL.fullmatch(url)
    return found is not None and int((found[2] or ":0")[1:]) < 65_536


def _is_home(path: str) -> bool:
    """Whether sign-in may lead to the path: one that browsers go to as it stands, and where the portal has no page."""
    segments = unquote(path.partition("?")[0]).split("/")[1:]
    is_plain = HOME.fullmatch(path) and not {".", ".."}.intersection(segments)
    return bool(is_plain) and segments[0].lower() not in NO_HOME


def _switch(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "").lower()
    if value not in {"", "0", "off", "false", "no", "1", "on", "true", "yes"}:
        raise ConfigError(f"{name} must be 1 or 0.")
    return value in {"1", "on", "true", "yes"}


def _list(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(one for part in env.get(name, "").split(",") if (one := part.strip()))


def _said(env: Mapping[str, str], name: str, parse: Callable[[str], T], default: T) -> T:
    try:
        return parse(env[name]) if env.get(name) else default
    except ValueError as error:
        raise ConfigError(f"{name} {error}") from error


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
        raise ConfigError(f"{name} must be a whole number above 0.")
    return int(text)
