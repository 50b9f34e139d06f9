package org.precertocsp.responder.intake.crl;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;

/// The place of a CRL among those taken in before: an older one never becomes the newest (CR-18).
///
/// Numbers decide which is newer, and where there are none, thisUpdate does. A CRL that is newer by
/// its date but not by its number, as after the CA was restored from a backup, or from two nodes
/// that number alike, is taken with a warning. Its lower number does not become the newest unless
/// the operator says so.
///
/// Of an older CRL the final revocations hold: they never end (RFC 5280 §5.3.1), so that a newer
/// CRL without them has only dropped what expired. A hold may have been lifted since.
///
/// Delta CRLs share their numbers with the full CRLs they build on, so that both may carry the
/// same; they are a series of their own here.
///
/// @param head what is the newest of the scope when the CRL is taken in
/// @param older why the CRL is older than what was taken in before, if it is
/// @param warnings for the operator
/// @param reset whether the number went back though the CRL is newer, and the operator has not
///   accepted that
record CrlSeries(
        CrlScope scope,
        CrlHead head,
        Optional<String> older,
        List<String> warnings,
        boolean reset) {
    private static final String DELTA = "delta ";

    /// A thisUpdate further ahead is a mistake of years rather than of a time zone, and must not
    /// keep later CRLs out.
    private static final Duration MOST_AHEAD = Duration.ofHours(24);

    CrlSeries {
        warnings = List.copyOf(warnings);
    }

    /// The facts besides the CRL itself that decide.
    ///
    /// @param signedSha256 SHA-256 of the tbsCertList
    /// @param acceptReset whether the operator takes a lower number as the newest
    record Terms(IssuerKey issuer, Octets signedSha256, Instant now, boolean acceptReset) {}

    static CrlSeries next(CrlOutline crl, Terms terms, FeedSink sink) {
        return new Comparison(crl, terms).run(sink);
    }

    private static final class Comparison {
        private final CrlOutline crl;
        private final Terms terms;
        private final Optional<BigInteger> number;
        private final List<String> warnings = new ArrayList<>();
        private Optional<String> older = Optional.empty();
        private boolean reset;

        Comparison(CrlOutline crl, Terms terms) {
            this.crl = crl;
            this.terms = terms;
            this.number = CrlRules.number(crl);
        }

        CrlSeries run(FeedSink sink) {
            String part =
                    crl.extensions()
                            .distributionPoint()
                            .map(CrlExtensions.DistributionPoint::part)
                            .orElse("");
            CrlScope full = new CrlScope(terms.issuer(), part);
            CrlScope scope =
                    crl.extensions().delta() ? new CrlScope(terms.issuer(), DELTA + part) : full;
            Optional<CrlHead> known = sink.crlHead(scope);
            if (known.isEmpty() || !isSame(known.get())) {
                if (crl.extensions().delta()) {
                    compareWithFull(sink.crlHead(full));
                }
                if (known.isPresent()) {
                    compare(known.get());
                }
            }
            return new CrlSeries(scope, head(known), older, warnings, reset);
        }

        /// Signed again by another node, or wrapped otherwise, it is the same list (RFC 5280
        /// §5.2.3). Heads written by earlier versions have the SHA-256 of the whole CRL.
        private boolean isSame(CrlHead known) {
            return known.sha256().equals(terms.signedSha256())
                    || known.sha256().equals(crl.sha256());
        }

        private CrlHead head(Optional<CrlHead> known) {
            if ((reset || older.isPresent()) && known.isPresent()) {
                return known.get();
            }
            // A number once known is kept, or a CRL without one would let an older number in again.
            Optional<BigInteger> kept = number.or(() -> known.flatMap(CrlHead::number));
            Instant latest = number.isPresent() ? terms.now().plus(MOST_AHEAD) : terms.now();
            Instant made =
                    crl.thisUpdate().or(() -> known.map(CrlHead::thisUpdate)).orElse(terms.now());
            return new CrlHead(kept, made.isAfter(latest) ? latest : made, terms.signedSha256());
        }

        private void compareWithFull(Optional<CrlHead> full) {
            Optional<BigInteger> known = full.flatMap(CrlHead::number);
            Optional<BigInteger> base = crl.extensions().deltaBase();
            if (known.isEmpty() || base.isEmpty() || known.get().compareTo(base.get()) < 0) {
                warnings.add(
                        ("the delta CRL builds on CRL number %s, but %s: what it lists is revoked,"
                                        + " what the full CRL lists is known once that is loaded")
                                .formatted(
                                        base.map(BigInteger::toString).orElse("(unreadable)"),
                                        known.map(n -> "the newest full CRL taken in is " + n)
                                                .orElse("no numbered full CRL was taken in")));
            }
            Optional<BigInteger> own = number.or(() -> base);
            if (known.isPresent() && own.isPresent() && own.get().compareTo(known.get()) < 0) {
                wentBack(
                        "delta CRL number " + own.get(),
                        "full CRL number " + known.get(),
                        full.orElseThrow());
            }
        }

        private void compare(CrlHead known) {
            if (number.isPresent() && known.number().isPresent()) {
                int order = number.get().compareTo(known.number().get());
                if (order < 0) {
                    wentBack("CRL number " + number.get(), "number " + known.number().get(), known);
                } else if (order == 0) {
                    another("cRLNumber " + number.get(), known);
                }
                return;
            }
            if (crl.thisUpdate().isEmpty()) {
                warnings.add("whether the CRL is newer than the one before cannot be told");
            } else {
                another("thisUpdate " + crl.thisUpdate().get(), known);
            }
        }

        private boolean isOlder(CrlHead known) {
            return crl.thisUpdate().filter(it -> it.isBefore(known.thisUpdate())).isPresent();
        }

        private void another(String what, CrlHead known) {
            if (isOlder(known) && !terms.acceptReset()) {
                older(
                        "the CRL of " + crl.thisUpdate().orElseThrow(),
                        "that of " + known.thisUpdate());
                return;
            }
            boolean later =
                    crl.thisUpdate().filter(it -> it.isAfter(known.thisUpdate())).isPresent();
            if (number.isPresent() || !later) {
                warnings.add(
                        "another CRL with %s and different content was taken in before (CR-18): the"
                                        .formatted(what)
                                + " revocations of both hold");
            }
        }

        private void wentBack(String given, String before, CrlHead known) {
            if (terms.acceptReset()) {
                warnings.add(
                        "%s is lower than %s, which was taken in before: accepted as the newest, as"
                                        .formatted(given, before)
                                + " --accept-number-reset says");
                return;
            }
            boolean newer =
                    crl.thisUpdate().filter(it -> it.isAfter(known.thisUpdate())).isPresent();
            if (!newer) {
                older(given, before);
                return;
            }
            reset = true;
            warnings.add(
                    ("%s is lower than %s, which was taken in before, though the CRL is newer"
                                    + " (CR-18): its revocations hold. If the CA was restored and"
                                    + " counts again, accept its numbers once, with `load crl"
                                    + " --accept-number-reset`")
                            .formatted(given, before));
        }

        private void older(String given, String known) {
            older =
                    Optional.of(
                            given
                                    + " is older than "
                                    + known
                                    + ", which was taken in before (CR-18): only its final"
                                    + " revocations are taken. If the CA's numbers or dates went"
                                    + " back for good, load it with --accept-number-reset");
        }
    }
}
