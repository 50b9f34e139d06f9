package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.ocsp.ValidityWindow;

/// What tests have signed.
final class ResponseContents {
    static final Instant NOW = DelegateCertificates.NOW;
    static final Duration TWO_DAYS = Duration.ofDays(2);
    static final Serial SERIAL = Serial.ofHex("00a1b2c3d4");
    static final ByteString NONCE =
            ByteString.ofHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    private ResponseContents() {}

    static CertId asked(TestCa ca, HashAlgorithm hash, DigestParameters parameters) {
        return ca.certificate().key().certId(hash, parameters, SERIAL);
    }

    static CertId asked(TestCa ca) {
        return asked(ca, HashAlgorithm.SHA1, DigestParameters.NULL);
    }

    static CertStatus revoked(RevocationReason reason) {
        return new CertStatus.Revoked(
                Instant.parse("2026-05-01T08:09:10.987Z"), Optional.of(reason));
    }

    static ResponseContent of(CertId id, CertStatus status) {
        return of(List.of(new SingleResponseContent(id, status)));
    }

    static ResponseContent of(List<SingleResponseContent> answers) {
        return new ResponseContent(
                answers, window(TWO_DAYS), Optional.empty(), Optional.empty(), NOW);
    }

    static ResponseContent good(TestCa ca) {
        return of(asked(ca), new CertStatus.Good());
    }

    static ResponseContent lasting(TestCa ca, Duration validity) {
        return new ResponseContent(
                good(ca).answers(), window(validity), Optional.empty(), Optional.empty(), NOW);
    }

    static ResponseContent kept(ResponseContent content, Duration retention) {
        return new ResponseContent(
                content.answers(),
                content.window(),
                content.nonce(),
                Optional.of(retention),
                content.arrival());
    }

    static ResponseContent nonced(ResponseContent content) {
        return new ResponseContent(
                content.answers(),
                content.window(),
                Optional.of(new Nonce(NONCE)),
                content.retention(),
                content.arrival());
    }

    private static ValidityWindow window(Duration validity) {
        return ValidityWindow.from(NOW, validity);
    }
}
