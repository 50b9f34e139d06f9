package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
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
/// Run: `precert-load bench Skim`. Input: precertificate entries in pages of 250 as both APIs send
/// them, one in a thousand ours, on one thread; the base parses the TBSCertificates with Bouncy
/// Castle and takes serial and issuer. An operation is an entry. Not measured: the network,
/// unpacking gzip, rebuilding the tree, and what is done with an entry of ours.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SkimBenchmark {
    private OurIssuers ours = OurIssuers.NONE;
    private @Nullable LogPages pages;
    private int next;

    @Setup
    public void make() throws IOException, CertificateProblem {
        FedIssuer issuer = BenchCorpus.of(1, 0, KeyKind.P256).fed();
        byte[] key = issuer.certificate().holder().getSubjectPublicKeyInfo().getEncoded();
        ours = OurIssuers.of(new FedIssuer.Directory(List.of(issuer)));
        pages = new LogPages(HashAlgorithm.SHA256.hash(Octets.of(key)).toArray());
    }

    @Benchmark
    @OperationsPerInvocation(LogPages.WIDTH)
    public int tiles() throws MalformedEntry {
        return found(DataTile.read(requireNonNull(pages).tile(next++), 0, ours));
    }

    @Benchmark
    @OperationsPerInvocation(LogPages.WIDTH)
    public int getEntries() throws MalformedEntry {
        byte[] answer = requireNonNull(pages).answer(next++);
        return found(GetEntries.read(answer, 0, LogPages.WIDTH, ours));
    }

    /// The base.
    @Benchmark
    @OperationsPerInvocation(LogPages.WIDTH)
    public int parse() {
        int parsed = 0;
        for (byte[] body : requireNonNull(pages).bodies(next++)) {
            TBSCertificate certificate = TBSCertificate.getInstance(body);
            parsed += certificate.getSerialNumber().getValue().bitLength();
            parsed += certificate.getIssuer() == null ? 0 : 1;
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
