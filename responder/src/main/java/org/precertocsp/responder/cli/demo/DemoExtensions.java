package org.precertocsp.responder.cli.demo;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/// What makes each of the demonstration's certificates what it is.
final class DemoExtensions {
    private static final ASN1ObjectIdentifier POISON =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.3");
    private static final ASN1ObjectIdentifier PRECERTIFICATE_SIGNING =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.4");

    private DemoExtensions() {}

    static DemoAuthority.Extensions authority() {
        return builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(
                            KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
        };
    }

    /// A Precertificate Signing Certificate (RFC 6962 §3.1).
    static DemoAuthority.Extensions precertificateSigning() {
        return builder -> {
            authority().addTo(builder);
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    true,
                    new ExtendedKeyUsage(KeyPurposeId.getInstance(PRECERTIFICATE_SIGNING)));
        };
    }

    /// A delegated responder (Baseline Requirements §7.1.2.8).
    static DemoAuthority.Extensions responder() {
        return builder -> {
            signing(KeyPurposeId.id_kp_OCSPSigning).addTo(builder);
            builder.addExtension(
                    OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
        };
    }

    /// The private API's own certificate, for this machine.
    static DemoAuthority.Extensions api() {
        return builder -> {
            signing(KeyPurposeId.id_kp_serverAuth).addTo(builder);
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            new GeneralName[] {
                                new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                                new GeneralName(GeneralName.dNSName, "localhost")
                            }));
        };
    }

    /// Somebody who calls the private API.
    static DemoAuthority.Extensions client() {
        return signing(KeyPurposeId.id_kp_clientAuth);
    }

    /// A TLS server's certificate that names this responder.
    static DemoAuthority.Extensions server(String host, String responderUrl) {
        return builder -> {
            signing(KeyPurposeId.id_kp_serverAuth).addTo(builder);
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    true,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
            builder.addExtension(
                    Extension.authorityInfoAccess,
                    false,
                    new AuthorityInformationAccess(
                            AccessDescription.id_ad_ocsp,
                            new GeneralName(GeneralName.uniformResourceIdentifier, responderUrl)));
        };
    }

    /// The same, poisoned: a precertificate (RFC 6962 §3.1).
    static DemoAuthority.Extensions poisoned(String host, String responderUrl) {
        return builder -> {
            server(host, responderUrl).addTo(builder);
            builder.addExtension(POISON, true, DERNull.INSTANCE);
        };
    }

    /// A key that signs, for one purpose.
    private static DemoAuthority.Extensions signing(KeyPurposeId purpose) {
        return builder -> {
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        };
    }
}
