// What protect.conf can't say by itself. For nginx' own JavaScript (Debian's package libnginx-mod-http-js).

// A cookie without a name, `=__Host-session=x`, is sent back by some browsers as what follows.
const OURS = /^[\s=]*(__Host-session|portal_session)\s*=/i;

// The browser's cookies but for the portal's own: whoever has those is signed in.
function cookies(r) {
    const sent = r.variables.http_cookie || '';
    return sent.split(';').filter((one) => !OURS.test(one)).join(';').trim();
}

// An application that could set the portal's cookie could sign people in as somebody else.
function dropCookies(r) {
    const set = r.headersOut['Set-Cookie'] || [];
    r.headersOut['Set-Cookie'] = set.filter((one) => !OURS.test(one));
}

// A page that somebody opens, and not what a script or a program asks for: only a person can follow to another page.
function isPage(r) {
    const header = r.headersIn, mode = header['Sec-Fetch-Mode'];
    if (!['GET', 'HEAD'].includes(r.method) || header['HX-Request'] || header['X-Requested-With']) {
        return '';
    }
    return mode ? (mode === 'navigate' ? '1' : '') : ((header['Accept'] || '').includes('text/html') ? '1' : '');
}

// nginx takes any 2xx for a yes, whoever gives it: only the portal's own answer, which says who it is, may be one.
function onlyYes(r) {
    if (r.status < 300 && !(r.status === 204 && r.headersOut['X-Portal-User'])) {
        r.status = 500;
    }
}

function signInUrl(r) {
    return '/login?next=' + encodeURIComponent(r.variables.request_uri);
}

export default { cookies, dropCookies, isPage, onlyYes, signInUrl };
