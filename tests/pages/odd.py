"""Pages that go wrong, each in a way of its own: what an adopter may write without thinking of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from webapp.pages import Pages


def made(name: str = "odd", rule: str = "/odd", **options: Any) -> Pages:
    """Return a blueprint with one page."""
    bp = Pages(name, __name__)
    bp.add_url_rule(rule, "show", lambda **_: "shown", **options)
    return bp


sound = made()
another_odd = made(rule="/other")
overview = made("overview")
no_blueprint = "pages"
root = made(rule="/")
account = made(rule="/account/billing")
login = made(rule="/Login")
future = made(rule="/auth/check2")
static_file = made(rule="/static/logo.png")
static_folder = Pages("odd", __name__, static_folder="templates", static_url_path="/static")
any_word = made(rule="/<name>")
any_path = made(rule="/<path:rest>")
a_number = made(rule="/<int:number>")
in_a_word = made(rule="/log<rest>/x")
nothing_first = made(rule="//odd")
a_host = made(subdomain="shop")
odd_method = made(methods=["GET", "QUERY"])
elsewhere = made(redirect_to="/login")
a_websocket = made(websocket=True)
same_url = made("same", rule="/odd")
same_by_variables = made("same", rule="/odd2/<int:a>")
of_variables = made(rule="/odd2/<int:b>")
with_a_slash = made("same", rule="/odd/")
of_a_string = made("same", rule="/odd2/<string:a>/x")
of_text = made(rule="/odd2/<b>/x")
of_few_numbers = made("same", rule="/odd2/<int(min=1, max=9):a>")
strict = made(rule="/odd/", strict_slashes=True)
merging = made(merge_slashes=True)

before_app = made()
before_app.before_app_request(lambda: "everybody gets this")
after_app = made()
after_app.after_app_request(lambda response: response)
handler = made()
handler.app_errorhandler(404)(lambda error: ("mine", 200))
context = made()
context.app_context_processor(lambda: {"icon": "mine"})
values = made()
values.app_url_value_preprocessor(lambda endpoint, values: None)
defaults = made()
defaults.app_url_defaults(lambda endpoint, values: None)
a_global = made()
a_global.add_app_template_global(lambda: "mine", "csrf_token")


def recorded(do: Callable[[Any], object]) -> Pages:
    """Return a blueprint that does something to the application when it is registered."""
    bp = made()
    bp.record(lambda state: (do(state.app), None)[1])
    return bp


a_route = recorded(lambda app: app.add_url_rule("/odd/route", "a_route", lambda: "shown"))
a_view = recorded(lambda app: app.view_functions.update({"overview.show": lambda: "mine"}))
exempt = recorded(lambda app: app.extensions["csrf"].exempt(f"{__name__}.show"))
opened = recorded(lambda app: app.extensions.update(portal={}))
setting = recorded(lambda app: app.config.update(SESSION_COOKIE_HTTPONLY=False))
proxy = recorded(lambda app: setattr(app, "wsgi_app", ProxyFix(app.wsgi_app)))
own_login = recorded(lambda app: app.login_manager.user_loader(lambda session_id: None))

a_filter = recorded(lambda app: app.jinja_env.filters.update(moment=str))
a_test = recorded(lambda app: app.jinja_env.tests.update(defined=lambda value: True))
an_extension = recorded(lambda app: app.extensions.update(engine=None))
a_command = recorded(lambda app: app.cli.commands.pop("user"))
a_converter = recorded(lambda app: app.url_map.converters.update(odd=IntegerConverter))
after_all = made()
after_all.teardown_app_request(lambda error: None)

unknown_icon = made()
unknown_icon.navigation = [("Odd", ".show", "serverr")]
unknown_endpoint = made()
unknown_endpoint.navigation = [("Odd", ".shown", "server")]
endpoint_of_the_portal = made()
endpoint_of_the_portal.navigation = [("Odd", "settings.show", "server")]
with_values = made(rule="/odd/<int:number>")
with_values.navigation = [("Odd", ".show", "server")]
only_post = made(methods=["POST"])
only_post.navigation = [("Odd", ".show", "server")]
no_triple: Any = Blueprint("odd", __name__)
no_triple.navigation = ["Odd"]
no_label = made()
no_label.navigation = [(" ", ".show", "server")]

templates = Pages("odd", __name__, template_folder="../../templates")
nested = made()
nested.register_blueprint(Blueprint("inner", __name__, template_folder="../../templates"))
