"""Keys and requests as Java and OpenSSL make them, which few tests have."""

import base64
import subprocess

import pytest

from certificates.conftest import openssl


@pytest.mark.parametrize("curve, bits", [("secp256r1", 256), ("secp384r1", 384), ("secp521r1", 521)])
def test_a_key_store_of_java_with_a_key_on_a_curve_is_imported_with_its_key(api, opened, tmp_path, curve, bits):
    """Java does not write the public part of the key."""
    subprocess.run(["keytool", "-genkeypair", "-alias", "k", "-keyalg", "EC", "-groupname", curve, "-dname", "CN=java.example", "-validity", "10",
                    "-storetype", "PKCS12", "-keystore", "store", "-storepass", "changeit"], cwd=tmp_path, check=True, capture_output=True)
    body = {"Certificate": base64.b64encode((tmp_path / "store").read_bytes()).decode(), "Password": "changeit"}
    thumbprint = api("POST", "/Certificates/Import", body)["Thumbprint"]
    (row,) = api("GET", f"/Certificates?QueryString=Thumbprint%20-eq%20%22{thumbprint}%22&includeHasPrivateKey=true")
    assert (row["HasPrivateKey"], row["KeySizeInBits"], row["KeyTypeString"]) == (True, bits, "ECC")
    text = opened(api("POST", "/Certificates/Recover", {"CertID": row["Id"], "Password": "x"}, format="PFX")["PFX"], "x")
    assert openssl("pkey", "-pubout", text=text.encode()) == openssl("x509", "-pubkey", "-noout", text=text.encode())
    refusal = api("POST", "/Certificates/Import", body | {"Password": "wrong"}, 400)
    assert "the password is not the one it was protected with" in refusal["Message"]


PSS = ["-sigopt", "rsa_padding_mode:pss"]


@pytest.mark.parametrize("options", [
    [], ["-sha384"], ["-sha512"], ["-sigopt", "rsa_pss_saltlen:-1"], ["-sigopt", "rsa_pss_saltlen:0"], ["-sigopt", "rsa_pss_saltlen:20"]], ids=str)
def test_a_request_signed_with_pss_is_taken_whatever_its_salt(api, tmp_path, options):
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-subj", "/CN=pss.example.com", *PSS, *options,
            "-out", "csr.pem", folder=tmp_path)
    text = (tmp_path / "csr.pem").read_text()
    made = api("POST", "/Enrollment/CSR", {"CSR": text, "Template": "WebServer-1y"}, format="PEM")["CertificateInformation"]
    leaf = made["Certificates"][0].encode()
    assert openssl("x509", "-pubkey", "-noout", text=leaf) == openssl("pkey", "-in", "key.pem", "-pubout", folder=tmp_path)
    # One bit of the subject is another: pss.example.com becomes qss.example.com.
    der = base64.b64decode("".join(text.splitlines()[1:-1]))
    wrong = base64.b64encode(der.replace(b"pss.", b"qss.")).decode()
    refusal = api("POST", "/Enrollment/CSR", {"CSR": wrong, "Template": "WebServer-1y"}, 400, "PEM")
    assert "signature is wrong" in refusal["Message"]


@pytest.mark.parametrize("options, text", [
    (["-sha1"], "otherwise than with SHA-256"), (["-sigopt", "rsa_mgf1_md:sha1"], "the same hash for the mask")], ids=str)
def test_of_pss_only_what_is_usual_is_taken(api, tmp_path, options, text):
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-subj", "/CN=pss.example.com", *PSS, *options,
            "-out", "csr.pem", folder=tmp_path)
    body = {"CSR": (tmp_path / "csr.pem").read_text(), "Template": "WebServer-1y"}
    assert text in api("POST", "/Enrollment/CSR", body, 400, "PEM")["Message"]


def test_a_key_for_pss_alone_is_certified(api, tmp_path):
    openssl("genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem", folder=tmp_path)
    openssl("req", "-new", "-key", "key.pem", "-subj", "/CN=pss.example.com", "-out", "csr.pem", folder=tmp_path)
    body = {"CSR": (tmp_path / "csr.pem").read_text(), "Template": "WebServer-1y"}
    made = api("POST", "/Enrollment/CSR", body, format="PEM")["CertificateInformation"]
    assert "rsassaPss" in openssl("x509", "-noout", "-text", text=made["Certificates"][0].encode())
    assert api("GET", f"/Certificates/{made['KeyfactorID']}")["KeyTypeString"] == "RSA"
