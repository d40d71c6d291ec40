"""What pages of your own use of the portal, and all that they should: `docs/adopters.md` shows it in use.

Everything else in `webapp` may change without notice.
"""

from webapp.pages.interface import CurrentUser, Pages, current_address, current_user, page, require_owner, see_other

__all__ = ["CurrentUser", "Pages", "current_address", "current_user", "page", "require_owner", "see_other"]
