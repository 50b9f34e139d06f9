package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.CrlTruthRow.Expected;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;

/// Bouncy Castle as a client that trusts one signer's key.
record OcspClient(InetSocketAddress server, PublicKey trusted) {
    /// Asks over HTTP and verifies the answer.
    Expected ask(Path issuer, Serial serial)
            throws IOException,
                    OCSPException,
                    OperatorCreationException,
                    InvalidCertificateException {
        CertificateID asked =
                new CertificateID(
                        sha1(), CertificateFile.readFirst(issuer).holder(), serial.number());
        byte[] request = new OCSPReqBuilder().addRequest(asked).build().getEncoded();
        OCSPResp response = new OCSPResp(post(request));
        assertThat(response.getStatus()).isZero();

        BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
        assertThat(basic.isSignatureValid(new JcaContentVerifierProviderBuilder().build(trusted)))
                .isTrue();
        SingleResp single = basic.getResponses()[0];
        assertThat(single.getCertID()).isEqualTo(asked);
        return status(single.getCertStatus());
    }

    /// On a connection of its own: the server may be another one than that of the last request.
    private byte[] post(byte[] request) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection)
                        URI.create("http://127.0.0.1:" + server.getPort() + "/")
                                .toURL()
                                .openConnection();
        connection.setRequestProperty("Connection", "close");
        connection.setRequestProperty("Content-Type", "application/ocsp-request");
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(request);
        }
        try (InputStream in = connection.getInputStream()) {
            return in.readAllBytes();
        }
    }

    private static Expected status(@Nullable CertificateStatus status) {
        if (status == null) {
            return Expected.good();
        }
        RevokedStatus revoked = (RevokedStatus) status;
        return new Expected(
                Optional.of(revoked.getRevocationTime()).map(OcspClient::instant),
                revoked.hasRevocationReason()
                        ? RevocationReason.ofCode(revoked.getRevocationReason())
                        : Optional.empty());
    }

    private static Instant instant(Date date) {
        return date.toInstant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static DigestCalculator sha1() throws OperatorCreationException {
        return new JcaDigestCalculatorProviderBuilder()
                .build()
                .get(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1));
    }
}
