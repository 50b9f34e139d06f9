package org.precertocsp.responder.intake.certificate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.StatusChange;

/// Verifies single certificates and precertificates, by the rules for files of them. Thread-safe.
public final class SubmittedCertificateVerifier {
    /// The result for one document.
    public sealed interface Verdict {
        /// @param warnings for the operator
        record Taken(StatusChange.Assign change, List<String> warnings) implements Verdict {
            public Taken {
                warnings = List.copyOf(warnings);
            }
        }

        record Refused(String why) implements Verdict {}
    }

    private final PrecertificateSigningCertificates signers;

    /// @param signers also contains the configured issuers
    public SubmittedCertificateVerifier(PrecertificateSigningCertificates signers) {
        this.signers = signers;
    }

    /// Verifies its signature, among other things.
    public Verdict judge(ByteString der) {
        OneDocument document = new OneDocument();
        new CertificateProcessor(signers, document)
                .take(new CertificateBlock.Framed(new SourceLocation.WholeFile(), der));
        return document.verdict();
    }

    /// Collects the reports about one document.
    private static final class OneDocument implements FeedSink {
        private final List<StatusChange.Assign> taken = new ArrayList<>();
        private final List<String> refusals = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();

        @Override
        public void accept(SourceLocation place, StatusChange change) {
            taken.add((StatusChange.Assign) change);
        }

        @Override
        public void refuse(SourceLocation place, String why) {
            refusals.add(why);
        }

        @Override
        public void warn(SourceLocation place, String what) {
            warnings.add(what);
        }

        @Override
        public Optional<LatestCrl> crlHead(CrlScope scope) {
            return Optional.empty();
        }

        @Override
        public void putCrlHead(CrlScope scope, LatestCrl head) {
            throw new IllegalStateException("a certificate is not a CRL");
        }

        /// A CA certificate that assigns nothing only causes a warning in a file; alone it is
        /// rejected.
        Verdict verdict() {
            if (taken.size() == 1 && refusals.isEmpty()) {
                return new Verdict.Taken(taken.getFirst(), warnings);
            }
            List<String> why = refusals.isEmpty() ? warnings : refusals;
            return new Verdict.Refused(String.join("; ", why));
        }
    }
}
