package org.precertocsp.responder.intake.crl;

import java.math.BigInteger;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;

/// The place of a CRL among those taken in before: never an older one after a newer (CR-18).
///
/// Delta CRLs share their numbers with the full CRLs they build on, so that both may carry the
/// same; they are a series of their own here.
///
/// @param head what becomes the newest of the scope when the CRL is taken in
record CrlSeries(CrlScope scope, CrlHead head) {
    private static final String DELTA = "delta ";

    /// @throws FeedRefused the CRL is older than what was taken in, or another of the same number
    static CrlSeries next(CrlOutline crl, IssuerKey issuer, FeedSink sink) throws FeedRefused {
        String part =
                crl.extensions()
                        .distributionPoint()
                        .map(CrlExtensions.DistributionPoint::part)
                        .orElse("");
        CrlScope full = new CrlScope(issuer, part);
        CrlScope scope = full;
        if (crl.extensions().deltaBase().isPresent()) {
            compareWithFull(crl, crl.extensions().deltaBase().get(), sink.crlHead(full));
            scope = new CrlScope(issuer, DELTA + part);
        }
        Optional<CrlHead> known = sink.crlHead(scope);
        if (known.isPresent() && !known.get().sha256().equals(crl.sha256())) {
            compare(crl, known.get());
        }
        // A number once known is kept, or a CRL without one would let an older number in again.
        Optional<BigInteger> number =
                crl.extensions().number().or(() -> known.flatMap(CrlHead::number));
        return new CrlSeries(scope, new CrlHead(number, crl.thisUpdate(), crl.sha256()));
    }

    private static void compareWithFull(CrlOutline delta, BigInteger base, Optional<CrlHead> full)
            throws FeedRefused {
        Optional<BigInteger> known = full.flatMap(CrlHead::number);
        if (known.isEmpty() || known.get().compareTo(base) < 0) {
            throw new FeedRefused(
                    "the delta CRL builds on CRL number %s, but %s: load the full CRL first"
                            .formatted(
                                    base,
                                    known.map(n -> "the newest full CRL taken in is " + n)
                                            .orElse("no numbered full CRL was taken in")));
        }
        BigInteger number = delta.extensions().number().orElse(base);
        if (number.compareTo(known.get()) < 0) {
            throw older("delta CRL number " + number, "full CRL number " + known.get());
        }
    }

    private static void compare(CrlOutline crl, CrlHead known) throws FeedRefused {
        if (crl.extensions().number().isPresent() && known.number().isPresent()) {
            BigInteger number = crl.extensions().number().get();
            int order = number.compareTo(known.number().get());
            if (order < 0) {
                throw older("CRL number " + number, "number " + known.number().get());
            }
            if (order == 0) {
                throw another("cRLNumber " + number);
            }
            return;
        }
        int order = crl.thisUpdate().compareTo(known.thisUpdate());
        if (order < 0) {
            throw older("the CRL of " + crl.thisUpdate(), "that of " + known.thisUpdate());
        }
        if (order == 0) {
            throw another("thisUpdate " + crl.thisUpdate());
        }
    }

    private static FeedRefused older(String given, String known) {
        return new FeedRefused(
                given + " is older than " + known + ", which was taken in before (CR-18)");
    }

    private static FeedRefused another(String what) {
        return new FeedRefused(
                "another CRL with " + what + " and different content was taken in before (CR-18)");
    }
}
