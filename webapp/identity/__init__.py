"""Who somebody is: sign-in, sign-out, the blocked page, the heartbeat of an open page."""
