"""The key and the self-signed certificate that stand for Amazon's own, kept in the state directory."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

VALIDITY = timedelta(days=3650)


@dataclass(frozen=True)
class SigningIdentity:
    """What notifications are signed with.

    Attributes:
        key: the RSA private key.
        certificate: its certificate as PEM.
        path: where a verifier on this machine finds the certificate.
    """

    key: rsa.RSAPrivateKey
    certificate: bytes
    path: Path

    def url(self, region: str) -> str:
        """Where Amazon would publish the certificate. Nothing answers there with this one, so give verifiers the path.

        The same as long as the certificate is, so that a verifier may keep certificates by their URL.
        """
        fingerprint = x509.load_pem_x509_certificate(self.certificate).fingerprint(hashes.SHA256()).hex()
        return f"https://sns.{region}.amazonaws.com/SimpleNotificationService-{fingerprint[:32]}.pem"


def signing_identity(directory: Path) -> SigningIdentity:
    """Load the identity from `directory`, or make one there first; repeatable."""
    key_path, path = directory / "sns.key.pem", directory / "sns.certificate.pem"
    if not (key_path.exists() and path.exists()):
        directory.mkdir(parents=True, exist_ok=True)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        _replace(path, _self_signed(key))
        _replace(key_path, _private_bytes(key))
    loaded = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError(f"{key_path} holds no RSA key")
    return SigningIdentity(loaded, path.read_bytes(), path)


def _self_signed(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + VALIDITY)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _private_bytes(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_bytes(content)
    partial.replace(path)
