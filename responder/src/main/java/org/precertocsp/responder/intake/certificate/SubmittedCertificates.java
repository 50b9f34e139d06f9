package org.precertocsp.responder.intake.certificate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.StatusChange;

/// Judges certificates and precertificates that come one by one, by the rules for files of them.
/// Thread-safe.
public final class SubmittedCertificates {
    /// The result for one document.
    public sealed interface Verdict {
        /// @param warnings what an operator should look at
        record Taken(StatusChange.Assign change, List<String> warnings) implements Verdict {
            public Taken {
                warnings = List.copyOf(warnings);
            }
        }

        record Refused(String why) implements Verdict {}
    }

    private final PrecertificateSigners signers;

    /// @param signers knows the configured issuers, too
    public SubmittedCertificates(PrecertificateSigners signers) {
        this.signers = signers;
    }

    /// Verifies its signature, among other things.
    public Verdict judge(Octets der) {
        OneDocument document = new OneDocument();
        new CertificateIntake(signers, document).take(new Block.Framed(new Place.WholeFile(), der));
        return document.verdict();
    }

    /// Takes down what is said of one document.
    private static final class OneDocument implements FeedSink {
        private final List<StatusChange.Assign> taken = new ArrayList<>();
        private final List<String> refusals = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();

        @Override
        public void accept(Place place, StatusChange change) {
            taken.add((StatusChange.Assign) change);
        }

        @Override
        public void refuse(Place place, String why) {
            refusals.add(why);
        }

        @Override
        public void warn(Place place, String what) {
            warnings.add(what);
        }

        @Override
        public Optional<CrlHead> crlHead(CrlScope scope) {
            return Optional.empty();
        }

        @Override
        public void putCrlHead(CrlScope scope, CrlHead head) {
            throw new IllegalStateException("a certificate is no CRL");
        }

        /// A CA certificate that assigns nothing is only warned of in a file; alone it is refused.
        Verdict verdict() {
            if (taken.size() == 1 && refusals.isEmpty()) {
                return new Verdict.Taken(taken.getFirst(), warnings);
            }
            List<String> why = refusals.isEmpty() ? warnings : refusals;
            return new Verdict.Refused(String.join("; ", why));
        }
    }
}
