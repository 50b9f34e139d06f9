package org.precertocsp.signer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.ValidityWindow;

/// The content of a response, before it is signed.
///
/// @param answers one for each CertID requested, in the order of the request (RP-04); never empty
/// @param window requested; the signer shortens nextUpdate to the expiry of every certificate it
///   sends (TF-09)
/// @param nonce repeated from the request, where the configuration echoes nonces
/// @param retention how long status outlives the certificate; present adds archiveCutoff (RP-15)
/// @param arrival when the request was received: deadlines count from here, queueing included
public record ResponseContent(
        List<SingleResponseContent> answers,
        ValidityWindow window,
        Optional<Nonce> nonce,
        Optional<Duration> retention,
        Instant arrival) {
    public ResponseContent {
        answers = List.copyOf(answers);
        if (answers.isEmpty()) {
            throw new IllegalArgumentException("a response answers at least one CertID");
        }
    }
}
