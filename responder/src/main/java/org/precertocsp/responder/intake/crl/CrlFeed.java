package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.signer.IssuerCertificate;

/// Certificate revocation lists of any length, in any wrapping ([CrlSource]): only one entry is
/// held in memory.
///
/// The file is read to its end before anything in it takes effect: once for structure and rules,
/// once for the signature, and finally for the entries. Each entry is a revocation; a serial that
/// is not listed is not reported, since absence proves nothing (CR-21).
///
/// **Everything that a verified CRL lists is revoked.** Other parts that cannot be understood are
/// left out with a warning. Only a list signed by a key or an algorithm that must not be trusted is
/// rejected, and a hold on an older list; then the serials that are still recorded as good are
/// reported, and an alert names them.
///
/// Delta CRLs are taken as the revocations they list. An entry that lifts a hold is reported and
/// changes nothing: no revocation is ever undone (SA-11).
public final class CrlFeed implements FeedReader {
    private static final int ASKED_AT_ONCE = 512;

    private final ConfiguredIssuer.Directory issuers;
    private final InstantSource clock;
    private final Map<String, IssuerCertificate> own;
    private final Alarm alarm;

    /// Without alerts.
    public CrlFeed(ConfiguredIssuer.Directory issuers, InstantSource clock) {
        this(issuers, clock, Map.of(), _ -> {});
    }

    /// @param own certificates that this responder uses, by their descriptions: their revocation
    ///   raises an alert
    public CrlFeed(
            ConfiguredIssuer.Directory issuers,
            InstantSource clock,
            Map<String, IssuerCertificate> own,
            Alarm alarm) {
        this.issuers = issuers;
        this.clock = clock;
        this.own = Map.copyOf(own);
        this.alarm = alarm;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRejectedException {
        try {
            read(file, CrlSource.of(file), sink);
        } catch (IOException e) {
            throw new FeedRejectedException("the CRL cannot be read: " + e.getMessage(), e);
        }
    }

    private void read(FeedFile file, CrlSource der, FeedSink sink)
            throws FeedRejectedException, IOException {
        Instant now = clock.instant();
        CrlMetadata crl = der.outline();
        CrlSigner signer = CrlSigner.find(crl, der, issuers, file.issuer());
        ConfiguredIssuer issuer = signer.issuer();
        try {
            warn(sink, CrlRules.judge(crl, now));
            warn(sink, signer.check(crl));
        } catch (FeedRejectedException e) {
            StillGood good = new StillGood(signer, String.valueOf(e.getMessage()), sink);
            emit(der, good, crl.sha256());
            good.ask();
            throw e;
        }
        CrlSequence series = CrlSequence.next(crl, terms(file, signer, now), sink);
        warn(sink, series.warnings());
        RevocationPolicy policy =
                new RevocationPolicy(
                        issuer.profile(),
                        now,
                        crl.thisUpdate().filter(it -> it.isBefore(now)).orElse(now));
        CrlEntryProcessor judge =
                new CrlEntryProcessor(
                        new CrlEntryProcessor.Terms(
                                signer,
                                policy,
                                crl.extensions().delta(),
                                series.older().isPresent(),
                                policy.caMustHaveReason() && isOfCas(crl),
                                ownOf(signer)),
                        sink);
        emit(der, judge, crl.sha256());
        if (series.older().isPresent()) {
            sink.refuse(new SourceLocation.WholeFile(), series.older().get());
        } else {
            sink.putCrlHead(series.scope(), series.head());
        }
        tell(file, issuer, series, judge.ownRevoked());
    }

    private static CrlSequence.Terms terms(FeedFile file, CrlSigner signer, Instant now) {
        return new CrlSequence.Terms(
                signer.issuer().key(),
                signer.signedSha256(),
                now,
                file.options().acceptNumberReset());
    }

    private static boolean isOfCas(CrlMetadata crl) {
        return crl.extensions()
                .distributionPoint()
                .filter(CrlExtensions.DistributionPoint::onlyCaCertificates)
                .isPresent();
    }

    private static void warn(FeedSink sink, List<String> warnings) {
        for (String warning : warnings) {
            sink.warn(new SourceLocation.WholeFile(), warning);
        }
    }

    private Map<Serial, String> ownOf(CrlSigner signer) {
        Map<Serial, String> serials = new HashMap<>();
        own.forEach(
                (what, certificate) -> {
                    BigInteger serial = certificate.holder().getSerialNumber();
                    if (serial.bitLength() < 8 * Serial.MAX_BYTES
                            && CrlSigner.isNamed(
                                    signer.issuer(), certificate.holder().getIssuer())) {
                        serials.put(Serial.of(serial), what);
                    }
                });
        return serials;
    }

    private static List<ConfiguredIssuer> all(CrlSigner signer) {
        return signer.namesakes().stream().flatMap(List::stream).toList();
    }

    private void tell(
            FeedFile file, ConfiguredIssuer issuer, CrlSequence series, List<String> ownRevoked) {
        String name = file.source().name();
        if (series.reset()) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.FEED_CONFLICT,
                            about(issuer),
                            "%s: %s".formatted(name, series.warnings().getLast())));
        } else if (series.older().isEmpty()) {
            alarm.end(Incident.Kind.FEED_CONFLICT, about(issuer));
        }
        if (!ownRevoked.isEmpty()) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.SIGNING,
                            "certificate of issuer " + issuer.name(),
                            ("%s revokes %s. Clients that look at it will not believe what it"
                                            + " signs: have a new certificate issued and configure"
                                            + " it, or ask the CA whether it was meant")
                                    .formatted(name, String.join(", ", ownRevoked))));
        }
    }

    private static String about(ConfiguredIssuer issuer) {
        return "CRLs of issuer " + issuer.name();
    }

    /// Reports the serials that a verified CRL lists as revoked, whose revocation is not applied,
    /// and that are recorded as good: an alert names them.
    private static final class StillGood implements CrlEntry.Visitor {
        private final List<ConfiguredIssuer> issuers;
        private final String why;
        private final FeedSink sink;
        private final List<SerialKey> asked = new ArrayList<>();

        StillGood(CrlSigner signer, String why, FeedSink sink) {
            this.issuers = all(signer);
            this.why = why;
            this.sink = sink;
        }

        @Override
        public void entry(CrlEntry entry) {
            if (entry instanceof CrlEntry.Revoked revoked
                    && revoked.reason() != CrlEntry.REMOVE_FROM_CRL) {
                for (ConfiguredIssuer issuer : issuers) {
                    asked.add(new SerialKey(issuer.key(), revoked.serial()));
                }
                if (asked.size() >= ASKED_AT_ONCE) {
                    ask();
                }
            }
        }

        void ask() {
            for (SerialKey key : sink.recordedGood(List.copyOf(asked))) {
                sink.refuseRevocation(new SourceLocation.WholeFile(), key, why);
            }
            asked.clear();
        }
    }

    private static void emit(CrlSource der, CrlEntry.Visitor judge, ByteString verified)
            throws FeedRejectedException, IOException {
        try (CrlStream in = der.open()) {
            requireSame(CrlParser.through(in, judge).sha256(), verified);
        }
    }

    /// The bytes that take effect must be those that were verified.
    static void requireSame(ByteString sha256, ByteString expected) throws FeedRejectedException {
        if (!sha256.equals(expected)) {
            throw new FeedRejectedException("the file changed while it was read: load it again");
        }
    }

    /// The position of a CRL among those loaded before: an older one never becomes the newest
    /// (CR-18).
    ///
    /// Numbers decide which is newer; without numbers, thisUpdate decides. A CRL that is newer by
    /// its date but not by its number, for instance after the CA was restored from a backup, or
    /// from two nodes that use the same numbers, is loaded with a warning. Its lower number does
    /// not become the newest unless the operator accepts it.
    ///
    /// The final revocations of an older CRL count: they never end (RFC 5280 §5.3.1), so that a
    /// newer CRL without them has only dropped expired ones. A hold may have been lifted since.
    ///
    /// Delta CRLs share their numbers with the full CRLs they build on, so that both may have the
    /// same number; here they are a separate series.
    ///
    /// @param head the newest of the scope after the CRL is loaded
    /// @param older why the CRL is older than one loaded before, or empty
    /// @param warnings for the operator
    /// @param reset whether the number decreased though the CRL is newer, and the operator has not
    ///   accepted that
    record CrlSequence(
            CrlScope scope,
            LatestCrl head,
            Optional<String> older,
            List<String> warnings,
            boolean reset) {
        private static final String DELTA = "delta ";

        /// A thisUpdate further in the future is a mistake of years rather than of a time zone, and
        /// must not cause later CRLs to be rejected.
        private static final Duration MOST_AHEAD = Duration.ofHours(24);

        CrlSequence {
            warnings = List.copyOf(warnings);
        }

        /// The facts besides the CRL itself that decide.
        ///
        /// @param signedSha256 SHA-256 of the tbsCertList
        /// @param acceptReset whether the operator accepts a lower number as the newest
        record Terms(IssuerKey issuer, ByteString signedSha256, Instant now, boolean acceptReset) {}

        static CrlSequence next(CrlMetadata crl, Terms terms, FeedSink sink) {
            return new Comparison(crl, terms).run(sink);
        }

        private static final class Comparison {
            private final CrlMetadata crl;
            private final Terms terms;
            private final Optional<BigInteger> number;
            private final List<String> warnings = new ArrayList<>();
            private Optional<String> older = Optional.empty();
            private boolean reset;

            Comparison(CrlMetadata crl, Terms terms) {
                this.crl = crl;
                this.terms = terms;
                this.number = CrlRules.number(crl);
            }

            CrlSequence run(FeedSink sink) {
                String part =
                        crl.extensions()
                                .distributionPoint()
                                .map(CrlExtensions.DistributionPoint::part)
                                .orElse("");
                CrlScope full = new CrlScope(terms.issuer(), part);
                CrlScope scope =
                        crl.extensions().delta()
                                ? new CrlScope(terms.issuer(), DELTA + part)
                                : full;
                Optional<LatestCrl> known = sink.crlHead(scope);
                if (known.isEmpty() || !isSame(known.get())) {
                    if (crl.extensions().delta()) {
                        compareWithFull(sink.crlHead(full));
                    }
                    if (known.isPresent()) {
                        compare(known.get());
                    }
                }
                return new CrlSequence(scope, head(known), older, warnings, reset);
            }

            /// Signed again by another node, or wrapped differently, it is the same list (RFC 5280
            /// §5.2.3). Heads written by earlier versions have the SHA-256 of the whole CRL.
            private boolean isSame(LatestCrl known) {
                return known.sha256().equals(terms.signedSha256())
                        || known.sha256().equals(crl.sha256());
            }

            private LatestCrl head(Optional<LatestCrl> known) {
                if ((reset || older.isPresent()) && known.isPresent()) {
                    return known.get();
                }
                // A known number is kept; otherwise a CRL without one would allow an older number
                // afterwards.
                Optional<BigInteger> kept = number.or(() -> known.flatMap(LatestCrl::number));
                Instant latest = number.isPresent() ? terms.now().plus(MOST_AHEAD) : terms.now();
                Instant made =
                        crl.thisUpdate()
                                .or(() -> known.map(LatestCrl::thisUpdate))
                                .orElse(terms.now());
                return new LatestCrl(
                        kept, made.isAfter(latest) ? latest : made, terms.signedSha256());
            }

            private void compareWithFull(Optional<LatestCrl> full) {
                Optional<BigInteger> known = full.flatMap(LatestCrl::number);
                Optional<BigInteger> base = crl.extensions().deltaBase();
                if (known.isEmpty() || base.isEmpty() || known.get().compareTo(base.get()) < 0) {
                    warnings.add(
                            ("the delta CRL builds on CRL number %s, but %s: what it lists is revoked,"
                                            + " what the full CRL lists is known once that is loaded")
                                    .formatted(
                                            base.map(BigInteger::toString).orElse("(unreadable)"),
                                            known.map(n -> "the newest full CRL loaded is " + n)
                                                    .orElse("no numbered full CRL was loaded")));
                }
                Optional<BigInteger> own = number.or(() -> base);
                if (known.isPresent() && own.isPresent() && own.get().compareTo(known.get()) < 0) {
                    wentBack(
                            "delta CRL number " + own.get(),
                            "full CRL number " + known.get(),
                            full.orElseThrow());
                }
            }

            private void compare(LatestCrl known) {
                if (number.isPresent() && known.number().isPresent()) {
                    int order = number.get().compareTo(known.number().get());
                    if (order < 0) {
                        wentBack(
                                "CRL number " + number.get(),
                                "number " + known.number().get(),
                                known);
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

            private boolean isOlder(LatestCrl known) {
                return crl.thisUpdate().filter(it -> it.isBefore(known.thisUpdate())).isPresent();
            }

            private void another(String what, LatestCrl known) {
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
                            "another CRL with %s and different content was loaded before (CR-18): the"
                                            .formatted(what)
                                    + " revocations of both hold");
                }
            }

            private void wentBack(String given, String before, LatestCrl known) {
                if (terms.acceptReset()) {
                    warnings.add(
                            "%s is lower than %s, which was loaded before: accepted as the newest, as"
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
                        ("%s is lower than %s, which was loaded before, though the CRL is newer"
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
                                        + ", which was loaded before (CR-18): only its final"
                                        + " revocations are taken. If the CA's numbers or dates went"
                                        + " back for good, load it with --accept-number-reset");
            }
        }
    }
}
