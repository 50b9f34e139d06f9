package org.precertocsp.loadtest.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.precertocsp.loadtest.corpus.KeyKind;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.ctlog.entry.DataTile;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.GetEntries;
import org.precertocsp.responder.intake.ctlog.entry.MalformedEntry;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.signer.CertificateProblem;

/// Claim: other people's entries of a log are passed over, their leaf hashes included, faster than
/// a plain DER parse of their certificates alone would take.
///
/// Run: `precert-load bench Skim`. Input: `records` precertificate entries in pages of 250 as both
/// APIs send them, one in a thousand ours, on one thread; the base parses the TBSCertificates with
/// Bouncy Castle and takes serial and issuer. Not measured: the network, unpacking gzip, rebuilding
/// the tree, and what is done with an entry of ours.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SkimBenchmark {
    @Param("1000000")
    private int records;

    private OurIssuers ours = OurIssuers.NONE;
    private @Nullable LogPages pages;

    @Setup
    public void make() throws IOException, CertificateProblem {
        FedIssuer issuer = BenchCorpus.of(1, 0, KeyKind.P256).fed();
        byte[] key = issuer.certificate().holder().getSubjectPublicKeyInfo().getEncoded();
        ours = OurIssuers.of(new FedIssuer.Directory(List.of(issuer)));
        pages = new LogPages(HashAlgorithm.SHA256.hash(Octets.of(key)).toArray());
    }

    @Benchmark
    public long tiles() throws MalformedEntry {
        long found = 0;
        for (int page = 0; page < records / LogPages.WIDTH; page++) {
            found += found(DataTile.read(Made.of(pages).tile(page), 0, ours));
        }
        return found;
    }

    @Benchmark
    public long getEntries() throws MalformedEntry {
        long found = 0;
        for (int page = 0; page < records / LogPages.WIDTH; page++) {
            byte[] answer = Made.of(pages).answer(page);
            found += found(GetEntries.read(answer, 0, LogPages.WIDTH, ours));
        }
        return found;
    }

    /// The base.
    @Benchmark
    public long parse() {
        long parsed = 0;
        for (int page = 0; page < records / LogPages.WIDTH; page++) {
            for (byte[] body : Made.of(pages).bodies(page)) {
                TBSCertificate certificate = TBSCertificate.getInstance(body);
                parsed += certificate.getSerialNumber().getValue().bitLength();
                parsed += certificate.getIssuer() == null ? 0 : 1;
            }
        }
        return parsed;
    }

    private static int found(EntryPage page) {
        if (page.count() != LogPages.WIDTH || !page.unreadable().isEmpty()) {
            throw new IllegalStateException("not all of a page was read: " + page.count());
        }
        return page.candidates().size();
    }
}
