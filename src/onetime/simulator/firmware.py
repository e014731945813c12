"""Firmware at a station: fetched, checked, installed; knows no frame.

A signature is one over the SHA-256 of the file, RSA-PSS or ECDSA, by a certificate that one of the
installed ManufacturerRootCertificates has issued (white paper L01).
"""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from onetime.kit.x509 import Unreadable, certificates_in, is_issued_by, seen_in


def is_trusted(signer: str, roots: Sequence[bytes], now: datetime) -> bool:
    """Say whether firmware may be signed by this certificate: issued by a root, and in its time."""
    pem = signer.encode()
    try:
        seen = seen_in(pem)
        return seen.not_before <= now <= seen.not_after and any(
            is_issued_by(pem, root) for root in roots
        )
    except Unreadable:
        return False


def is_signed(content: bytes, signature: str, signer: str) -> bool:
    """Say whether this certificate has signed a file; the signature is Base64."""
    key = certificates_in(signer.encode())[0].public_key()
    try:
        signed = b64decode(signature, validate=True)
        if isinstance(key, rsa.RSAPublicKey):
            salt = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO)
            key.verify(signed, content, salt, hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signed, content, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
