package org.precertocsp.responder.answer;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.signer.ResponseTemplate;

/// Templates of responses by credentials that need not exist.
public final class TestTemplates {
    // Format 1, no reasons shown, no retention.
    private static final String START = "01" + "0000" + "ffffffffffffffff";

    // [2] KeyHash
    private static final String RESPONDER = "a2160414";

    private static final String ECDSA_SHA256 = "300a06082a8648ce3d040302";

    private TestTemplates() {}

    /// Differs where the name does.
    public static ResponseTemplate template(String name) {
        ByteString key =
                HashAlgorithm.SHA1.hash(ByteString.of(name.getBytes(StandardCharsets.UTF_8)));
        String hex = START + RESPONDER + HexFormat.of().formatHex(key.toArray()) + ECDSA_SHA256;
        return ResponseTemplate.decode(ByteString.of(HexFormat.of().parseHex(hex)));
    }
}
