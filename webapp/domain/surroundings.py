"""What stands around the network of a pasted text: whether it turns the network around, and its comment."""

import re

from webapp.domain.comment import CommentError, parse_comment

# Words that say nothing but "here comes a network", in configurations and tables.
_LABELS = frozenset(
    {
        "accept",
        "access",
        "add",
        "addr",
        "address",
        "addresses",
        "allow",
        "allowed",
        "any",
        "block",
        "blocks",
        "cidr",
        "from",
        "host",
        "in",
        "inet",
        "inet4",
        "inet6",
        "inetnum",
        "ip",
        "ip4",
        "ip6",
        "ipv4",
        "ipv6",
        "list",
        "net",
        "netblock",
        "network",
        "networks",
        "pass",
        "permit",
        "range",
        "require",
        "route",
        "route6",
        "source",
        "src",
        "subnet",
        "the",
    }
)
_EXCLUDES = re.compile(
    r"\b(?:not|never|nor|without|unless|minus|outside|except\w*|exclu\w+|den(?:y|ies|ied|ying|ylist)|reject\w*"
    r"|drop|drops|dropped|dropping|refus\w+|forbid\w*|ban|bans|banned|disallow\w*|disabl\w+|black ?list\w*|black ?hole"
    r"|unreachable|prohibit\w*|null0?|ignor\w+|remov\w+|revok\w+|delet\w+|invert\w*|negat\w*"
    r"|restrict\w*|quarantin\w*|suspend\w*|expir\w*|obsolete|unused|no longer|no more|stop\w*"
    r"|hostile|malicious|attack\w*"
    r"|(?:is|are|was|were|do|does|did|has|have|must|should|wo|would|ca) ?n ?t|cannot)\b"
    r"|\b(?:keep|kept|lock|shut|stay|throw|kick)\w* (?:\w+ ){0,2}out\b"
    # The noun: a block of addresses is not a blocked one.
    r"|(?<!cidr )(?<!ip )(?<!ipv4 )(?<!ipv6 )(?<!address )(?<!network )(?<!subnet )\bblock(?:s|ed|ing|list|listed)?\b"
)
_EXCLUDES_BEFORE = re.compile(r"\b(?:no|all|any|every\w*|others?|but|than)\b")
_CROSSES = re.compile("[\u2716\u2717\u2718\u274c\u274e\u26d4\U0001f6ab\u2260\u00ac]")
_SIGN_BEFORE = re.compile(r"!|(?:^|\s)[-\u2013~?^]\S*\Z")
_OPTION_BEFORE = re.compile(r"(?:^|\s)[-\u2013]\S")  # as of a program: grep -v
# Half of a range, a list, or a network whose prefix stands apart.
_OPEN_BEFORE = re.compile(r"\b(?:to|until|till|through|thru|up|below|above|after|before|and|or)$")
_OPEN_AFTER = re.compile(r"(?:to|through|thru|until|till|up|onwards?|upwards?|and|or|plus|but)\b")
_OPEN_SIGN_AFTER = re.compile(r"\s*\+|\W*[0-9]{1,3}\b|\]:[0-9]|\s*[-\u2013]\s*$")
_MASK_WORDS = re.compile(r"\b(?:prefix\w*|length|bits?|slash|(?:sub)?(?:net)? ?mask|wildcard)\b")
_ARROW = re.compile("[-=]>|\u2192")
_TAG = re.compile(r"</?[a-z][a-z0-9]*>", re.IGNORECASE)
_BULLETS = "\u2022\u2023\u25e6\u25cf\u25aa\u00b7\u2043\u2713\u2714\u2705\ufe0f"
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u201e\u201a\u00ab\u00bb\u2039\u203a"
_JOINTS = " ,;:|=#*/\\+-\u2013\u2014\u2192>" + _BULLETS + _QUOTES
_KNOWN_BEFORE = re.compile(rf"[\w\s.,:=+|()\[\]{{}}<>*&\u2192\u2013{_BULLETS}{_QUOTES}-]*")
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}


def excludes(before: str, after: str) -> bool:
    """Whether the text around a network says, or may say, that the network is to stay outside."""
    words_before = _words(before) if before else ""
    return bool(
        (before and _SIGN_BEFORE.search(_ARROW.sub(" ", before)))
        or _EXCLUDES.search(f"{words_before} | {_words(after)}")
        or _EXCLUDES_BEFORE.search(words_before)
        or _CROSSES.search(before + after)
    )


def is_unclear(before: str, after: str, *, is_address: bool) -> bool:
    """Whether the text around it may change which network is meant: a comparison, half of a range, a mask apart."""
    tags_gone = _TAG.sub("", _ARROW.sub(" ", before + after))
    words = _words(before), _words(after)
    return bool(
        not _KNOWN_BEFORE.fullmatch(before)
        or _OPTION_BEFORE.search(_ARROW.sub(" ", before))
        or (before.endswith("[") and not after.startswith("]"))  # the rest may be missing: [2001:db8::]/48
        or tags_gone.count("<") != tags_gone.count(">")
        or _OPEN_BEFORE.search(words[0])
        or _OPEN_AFTER.match(words[1])
        or any(map(_MASK_WORDS.search, words))
        or (is_address and _OPEN_SIGN_AFTER.match(after))
    )


def comment_of(before: str, after: str) -> str | None:
    """The comment that stood around a network, without labels and punctuation; None for one that cannot be kept."""
    before = _bare(_TAG.sub(" ", before).rstrip(_JOINTS + "([{<"))
    after = _bare(_TAG.sub(" ", after).lstrip(_JOINTS + ")]}>."))
    says_nothing = all(word in _LABELS or word.isdecimal() for word in _words(before).split())
    kept = [] if says_nothing else [before]
    kept += [] if set(_words(after).split()) <= _LABELS else [after]
    try:
        return parse_comment(" ".join(kept))
    except CommentError:
        return None


def _bare(part: str) -> str:
    """The part on one line, without punctuation around it, and without half a pair of brackets or quotes."""
    part = " ".join(part.split()).strip(_JOINTS)
    if part.count('"') % 2:
        part = part.replace('"', "")
    for opening, closing in _PAIRS.items():
        opened, closed = part.count(opening), part.count(closing)
        if part.endswith(closing) and (closed > opened or (closed == 1 and part.startswith(opening))):
            part = part[:-1]
        if part.startswith(opening) and (opened > closed or closing not in part):
            part = part[1:]
        part = part.strip(_JOINTS)
    return part


def _words(part: str) -> str:
    return " ".join(re.split(r"[\W_]+", part.casefold())).strip()
