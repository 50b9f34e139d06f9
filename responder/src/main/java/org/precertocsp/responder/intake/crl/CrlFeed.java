package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.StatusFeed;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.signer.IssuerCertificate;

/// Certificate revocation lists of any length, however wrapped ([CrlDer]): nothing is held but one
/// entry.
///
/// The file is read to its end before anything of it takes effect: once for structure and rules,
/// once for the signature, and a last time for the entries. Each entry is a revocation; a serial
/// that is not listed is not mentioned, since absence proves nothing (CR-21).
///
/// **What a verified CRL lists is revoked.** Whatever else of it cannot be understood is left out
/// with a warning. Only a list signed by a key or an algorithm that must not be trusted with it is
/// refused, and a hold on an older list; then the serials that are still recorded as good are
/// reported, and an alert names them.
///
/// Delta CRLs are taken as the revocations they list. An entry that lifts a hold is reported and
/// changes nothing: no revocation is ever undone (SA-11).
public final class CrlFeed implements StatusFeed {
    private static final int ASKED_AT_ONCE = 512;

    private final FedIssuer.Directory issuers;
    private final InstantSource clock;
    private final Map<String, IssuerCertificate> own;
    private final Alarm alarm;

    /// Without alerts.
    public CrlFeed(FedIssuer.Directory issuers, InstantSource clock) {
        this(issuers, clock, Map.of(), _ -> {});
    }

    /// @param own certificates this responder works with, by what they are: being revoked, they are
    ///   worth an alert
    public CrlFeed(
            FedIssuer.Directory issuers,
            InstantSource clock,
            Map<String, IssuerCertificate> own,
            Alarm alarm) {
        this.issuers = issuers;
        this.clock = clock;
        this.own = Map.copyOf(own);
        this.alarm = alarm;
    }

    @Override
    public void read(FeedFile file, FeedSink sink) throws FeedRefused {
        try {
            read(file, CrlDer.of(file), sink);
        } catch (IOException e) {
            throw new FeedRefused("the CRL cannot be read: " + e.getMessage(), e);
        }
    }

    private void read(FeedFile file, CrlDer der, FeedSink sink) throws FeedRefused, IOException {
        Instant now = clock.instant();
        CrlOutline crl = der.outline();
        CrlSigner signer = CrlSigner.find(crl, der, issuers, file.issuer());
        FedIssuer issuer = signer.issuer();
        try {
            warn(sink, CrlRules.judge(crl, now));
            warn(sink, signer.check(crl));
        } catch (FeedRefused e) {
            StillGood good = new StillGood(signer, String.valueOf(e.getMessage()), sink);
            emit(der, good, crl.sha256());
            good.ask();
            throw e;
        }
        CrlSeries series = CrlSeries.next(crl, terms(file, signer, now), sink);
        warn(sink, series.warnings());
        RevocationPolicy policy =
                new RevocationPolicy(
                        issuer.profile(),
                        now,
                        crl.thisUpdate().filter(it -> it.isBefore(now)).orElse(now));
        EntryJudge judge =
                new EntryJudge(
                        new EntryJudge.Terms(
                                signer,
                                policy,
                                crl.extensions().delta(),
                                series.older().isPresent(),
                                policy.caMustHaveReason() && isOfCas(crl),
                                ownOf(signer)),
                        sink);
        emit(der, judge, crl.sha256());
        if (series.older().isPresent()) {
            sink.refuse(new Place.WholeFile(), series.older().get());
        } else {
            sink.putCrlHead(series.scope(), series.head());
        }
        tell(file, issuer, series, judge.ownRevoked());
    }

    private static CrlSeries.Terms terms(FeedFile file, CrlSigner signer, Instant now) {
        return new CrlSeries.Terms(
                signer.issuer().key(),
                signer.signedSha256(),
                now,
                file.options().acceptNumberReset());
    }

    private static boolean isOfCas(CrlOutline crl) {
        return crl.extensions()
                .distributionPoint()
                .filter(CrlExtensions.DistributionPoint::onlyCaCertificates)
                .isPresent();
    }

    private static void warn(FeedSink sink, List<String> warnings) {
        for (String warning : warnings) {
            sink.warn(new Place.WholeFile(), warning);
        }
    }

    private Map<Serial, String> ownOf(CrlSigner signer) {
        Map<Serial, String> serials = new HashMap<>();
        own.forEach(
                (what, certificate) -> {
                    BigInteger serial = certificate.holder().getSerialNumber();
                    if (serial.bitLength() < 8 * Serial.MAX_OCTETS
                            && CrlSigner.isNamed(
                                    signer.issuer(), certificate.holder().getIssuer())) {
                        serials.put(Serial.of(serial), what);
                    }
                });
        return serials;
    }

    private static List<FedIssuer> all(CrlSigner signer) {
        return signer.namesakes().stream().flatMap(List::stream).toList();
    }

    private void tell(FeedFile file, FedIssuer issuer, CrlSeries series, List<String> ownRevoked) {
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

    private static String about(FedIssuer issuer) {
        return "CRLs of issuer " + issuer.name();
    }

    /// Reports the serials that a verified CRL says are revoked, that are not taken from it, and
    /// that are recorded as good: an alert names them.
    private static final class StillGood implements CrlEntry.Visitor {
        private final List<FedIssuer> issuers;
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
                for (FedIssuer issuer : issuers) {
                    asked.add(new SerialKey(issuer.key(), revoked.serial()));
                }
                if (asked.size() >= ASKED_AT_ONCE) {
                    ask();
                }
            }
        }

        void ask() {
            for (SerialKey key : sink.recordedGood(List.copyOf(asked))) {
                sink.refuseRevocation(new Place.WholeFile(), key, why);
            }
            asked.clear();
        }
    }

    private static void emit(CrlDer der, CrlEntry.Visitor judge, Octets verified)
            throws FeedRefused, IOException {
        try (CrlStream in = der.open()) {
            requireSame(CrlWalk.through(in, judge).sha256(), verified);
        }
    }

    /// The bytes that take effect must be those that were verified.
    static void requireSame(Octets sha256, Octets expected) throws FeedRefused {
        if (!sha256.equals(expected)) {
            throw new FeedRefused("the file changed while it was read: load it again");
        }
    }
}
