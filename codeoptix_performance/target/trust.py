"""Which certificates are taken: those the system trusts, or any."""

from __future__ import annotations

import ssl


def told_whom_to_trust[Context: ssl.SSLContext](context: Context, *, verify: bool) -> Context:
    """The same client's context, for questions and load alike."""
    if verify:
        context.load_default_certs()
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
