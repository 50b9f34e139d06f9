package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusTable;
import org.precertocsp.loadtest.drive.AnswerCheck;
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.Mix;
import org.precertocsp.loadtest.requests.Population;
import org.precertocsp.loadtest.requests.RequestSupply;
import org.precertocsp.loadtest.requests.Target;
import org.precertocsp.loadtest.verify.FullCheck;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;

/// Requests about the serials of a corpus.
public final class Asking {
    private static final int UNASSIGNED = 1_000_000;

    private final Corpus corpus;
    private final IssuerCertificate issuer;

    private Asking(Corpus corpus, IssuerCertificate issuer) {
        this.corpus = corpus;
        this.issuer = issuer;
    }

    public static Asking about(Corpus corpus) throws PeerFailed {
        try {
            return new Asking(corpus, CertificateFile.readFirst(corpus.issuer()));
        } catch (CertificateProblem e) {
            throw new PeerFailed("the corpus's issuer: " + e.getMessage(), e);
        }
    }

    /// How many the corpus has.
    public long serials() {
        return corpus.plan().serials();
    }

    /// @param first number of the first assigned serial requested
    public RequestSupply supply(long first, long count, Mix mix) {
        return RequestSupply.of(
                new Population(
                        issuer,
                        new CorpusTable(
                                corpus.plan().population(),
                                first,
                                Math.clamp(count, 1, Integer.MAX_VALUE),
                                true),
                        new CorpusTable(corpus.plan().population(), 0, UNASSIGNED, false)),
                mix);
    }

    /// Checks the answers to all requests of [#supply].
    public AnswerCheck check() {
        return new FullCheck(issuer);
    }

    /// A GET for the first serial, on a connection that ends with it.
    public byte[] probe() {
        return request(supply(0, 1, Mix.plainGet()), 0, 80, false);
    }

    /// As [#probe], for servers that do not read every GET: cfssl takes `+` for a blank.
    public byte[] postProbe() {
        return request(supply(0, 1, Mix.plainPost()), 0, 80, false);
    }

    /// The answer to a client that keeps its connection open.
    public Exchange first(RunningPeer peer) throws PeerFailed {
        return ask(peer, request(supply(0, 1, Mix.plainGet()), 0, peer.port(), true));
    }

    /// A server's signed responses for the first serials.
    public List<Octets> responses(RunningPeer peer, int count) throws PeerFailed {
        RequestSupply supply = supply(0, count, Mix.plainGet());
        List<Octets> responses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            responses.add(ask(peer, request(supply, i, peer.port(), false)).body());
        }
        return responses;
    }

    private static Exchange ask(RunningPeer peer, byte[] request) throws PeerFailed {
        try {
            Exchange exchange = Exchange.with(peer.port(), request);
            if (!exchange.isOk()) {
                throw new PeerFailed(peer.name() + " said " + exchange.head());
            }
            return exchange;
        } catch (IOException e) {
            throw new PeerFailed(peer.name() + ": " + e.getMessage(), e);
        }
    }

    private static byte[] request(RequestSupply supply, long index, int port, boolean keepAlive) {
        EncodedRequest request = new EncodedRequest();
        supply.encoder(new Target("127.0.0.1", port, "/"), keepAlive).encode(index, request);
        return Arrays.copyOf(request.bytes(), request.length());
    }
}
