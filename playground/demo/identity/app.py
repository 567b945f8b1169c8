"""The demo company's sign-in: a real OpenID Connect provider, where a click on a person is the whole password.

The protocol is the `oidc-provider-mock` package's; ours are the pages and the people.
"""

import flask
from oidc_provider_mock import User, init_app
from werkzeug.exceptions import NotFound

from playground.demo.people import COMPANY, PEOPLE

# All that a sign-in needs. The package can do more, which nobody here should be able to reach.
SIGN_IN = {"home", "openid_config", "jwks", "authorize", "issue_token", "userinfo", "static"}
CHANGE_PEOPLE = {"set_user"}
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'"


def make_app(*, editable: bool = False) -> flask.Flask:
    """`editable` lets a PUT to /users/<sub> change a person's claims, as tests do."""
    app = flask.Flask(__name__)
    plain = app.wsgi_app
    init_app(app, user_claims=[User(sub=person.sub, claims=person.claims()) for person in PEOPLE])
    # The package starts its development tools: a page of the demonstration has no debugger.
    app.debug, app.wsgi_app = False, plain  # type: ignore[method-assign]
    # Cookies know no ports: this is not to meet the app's own cookie on the same host.
    app.config.update(SESSION_COOKIE_NAME="demo-identity", TRUSTED_HOSTS=["127.0.0.1", "localhost"])
    allowed = SIGN_IN | CHANGE_PEOPLE if editable else SIGN_IN

    @app.before_request
    def only_what_is_needed() -> None:
        if flask.request.endpoint and flask.request.endpoint.rpartition(".")[2] not in allowed:
            raise NotFound

    @app.after_request
    def add_headers(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @app.context_processor
    def people() -> dict[str, object]:
        return {"company": COMPANY, "people": PEOPLE}

    return app
