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
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.ctlog.DataTileReader;
import org.precertocsp.responder.ctlog.EntryPage;
import org.precertocsp.responder.ctlog.GetEntriesReader;
import org.precertocsp.responder.ctlog.IssuerFilter;
import org.precertocsp.responder.ctlog.MalformedEntryException;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.signer.InvalidCertificateException;

/// Claim: entries of other CAs in a log are skipped, their leaf hashes included, faster than a
/// plain DER parse of their certificates alone would take.
///
/// Run: `precert-load bench Skim`. Input: precertificate entries in pages of 250 as both APIs send
/// them, one in a thousand ours, on one thread; the base parses the TBSCertificates with Bouncy
/// Castle and takes serial and issuer. An operation is an entry. Not measured: the network,
/// unpacking gzip, rebuilding the tree, and processing an entry of ours.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SkimBenchmark {
    private IssuerFilter ours = IssuerFilter.NONE;
    private @Nullable SyntheticLogPages pages;
    private int next;

    @Setup
    public void make() throws IOException, InvalidCertificateException {
        ConfiguredIssuer issuer = BenchmarkFixture.of(1, 0, CorpusKeyType.P256).fed();
        byte[] key = issuer.certificate().holder().getSubjectPublicKeyInfo().getEncoded();
        ours = IssuerFilter.of(new ConfiguredIssuer.Directory(List.of(issuer)));
        pages = new SyntheticLogPages(HashAlgorithm.SHA256.hash(ByteString.of(key)).toArray());
    }

    @Benchmark
    @OperationsPerInvocation(SyntheticLogPages.WIDTH)
    public int tiles() throws MalformedEntryException {
        return found(DataTileReader.read(requireNonNull(pages).tile(next++), 0, ours));
    }

    @Benchmark
    @OperationsPerInvocation(SyntheticLogPages.WIDTH)
    public int getEntries() throws MalformedEntryException {
        byte[] answer = requireNonNull(pages).answer(next++);
        return found(GetEntriesReader.read(answer, 0, SyntheticLogPages.WIDTH, ours));
    }

    /// The base.
    @Benchmark
    @OperationsPerInvocation(SyntheticLogPages.WIDTH)
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
        if (page.count() != SyntheticLogPages.WIDTH || !page.unreadable().isEmpty()) {
            throw new IllegalStateException("not all of a page was read: " + page.count());
        }
        return page.candidates().size();
    }
}
