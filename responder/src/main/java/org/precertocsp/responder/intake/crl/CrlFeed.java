package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.RevocationPolicy;
import org.precertocsp.responder.intake.StatusFeed;

/// Certificate revocation lists, DER or PEM, of any length: nothing is held but one entry.
///
/// The file is read to its end before anything of it takes effect: once for structure and rules,
/// once for the signature, and a last time for the entries. Each entry is a revocation; a serial
/// that is not listed is not mentioned, since absence proves nothing (CR-21).
///
/// Delta CRLs are taken as the revocations they list, once the full CRL they build on was taken in.
/// An entry that lifts a hold is reported and changes nothing: no revocation is ever undone
/// (SA-11).
public final class CrlFeed implements StatusFeed {
    private final FedIssuer.Directory issuers;
    private final InstantSource clock;

    public CrlFeed(FedIssuer.Directory issuers, InstantSource clock) {
        this.issuers = issuers;
        this.clock = clock;
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
        CrlOutline crl = outline(der);
        CrlSigner signer = CrlSigner.find(crl, der, issuers, file.issuer());
        FedIssuer issuer = signer.issuer();
        for (String warning : CrlRules.judge(crl, issuer.profile(), now)) {
            sink.warn(new Place.WholeFile(), warning);
        }
        for (String warning : signer.warnings()) {
            sink.warn(new Place.WholeFile(), warning);
        }
        CrlSeries series = CrlSeries.next(crl, issuer.key(), sink);
        RevocationPolicy policy = new RevocationPolicy(issuer.profile(), now);
        emit(der, new EntryJudge(issuer.key(), policy, sink), crl.sha256());
        sink.putCrlHead(series.scope(), series.head());
    }

    /// Reads the whole CRL and judges nothing but its structure.
    static CrlOutline outline(CrlDer der) throws FeedRefused, IOException {
        try (DerInput in = der.open()) {
            return CrlWalk.through(in, _ -> {});
        }
    }

    private static void emit(CrlDer der, CrlEntry.Visitor judge, Octets verified)
            throws FeedRefused, IOException {
        try (DerInput in = der.open()) {
            requireSame(CrlWalk.through(in, judge).sha256(), verified);
        }
    }

    /// What was verified must be what takes effect.
    static void requireSame(Octets sha256, Octets expected) throws FeedRefused {
        if (!sha256.equals(expected)) {
            throw new FeedRefused("the file changed while it was read: load it again");
        }
    }
}
