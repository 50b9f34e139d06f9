package org.precertocsp.responder.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.answer.TestTemplates;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse.Essence;

/// Words for tests of stored responses.
final class TestResponses {
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    static final Duration VALIDITY = Duration.ofDays(2);
    static final ResponseTemplate TEMPLATE = TestTemplates.template("a credential");

    private TestResponses() {}

    static ResponseKey usual(SerialKey serial) {
        return new ResponseKey(serial, HashAlgorithm.SHA1, DigestParameters.NULL);
    }

    static StoredResponse good(SerialKey serial) {
        return good(usual(serial), NOON);
    }

    static StoredResponse good(ResponseKey key, Instant thisUpdate) {
        return kept(key, new CertStatus.Good(), thisUpdate, TEMPLATE);
    }

    static StoredResponse kept(
            ResponseKey key, CertStatus status, Instant thisUpdate, ResponseTemplate template) {
        return new StoredResponse(
                key,
                status,
                ValidityWindow.from(thisUpdate, VALIDITY),
                new Essence(template, signature(key.hashCode() + thisUpdate.hashCode())));
    }

    /// As P-256 makes them: two numbers of 32 octets or a little less, as DER.
    static ByteString signature(long seed) {
        byte[] numbers = new byte[64];
        new Random(seed).nextBytes(numbers);
        return ByteString.of(EcdsaSignatureCodec.der(numbers));
    }
}
