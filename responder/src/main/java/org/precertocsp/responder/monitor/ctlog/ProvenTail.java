package org.precertocsp.responder.monitor.ctlog;

import java.util.ArrayList;
import java.util.List;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.ctlog.client.CtLog;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.client.MalformedAnswer;
import org.precertocsp.responder.intake.ctlog.entry.Candidate;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;
import org.precertocsp.responder.intake.ctlog.head.UntrustedHead;
import org.precertocsp.responder.merkle.ConsistencyProof;
import org.precertocsp.responder.merkle.Frontier;

/// Reads a log backwards from its newest head, in ranges each of which is proven to be part of the
/// head's tree before its entries are used (CT-08, CT-09). Blocks on the network.
public final class ProvenTail {
    private static final int LONGEST = 1 << 14;

    private final CtLog log;
    private final OurIssuers ours;

    /// @param ours the issuers whose entries are read
    public ProvenTail(CtLog log, OurIssuers ours) {
        this.log = log;
        this.ours = ours;
    }

    /// The entries found.
    ///
    /// @param precertificates newest first
    /// @param read how many entries were read
    public record Tail(TreeHead head, List<Candidate> precertificates, long read) {
        public Tail {
            precertificates = List.copyOf(precertificates);
        }
    }

    /// The newest precertificates of those issuers.
    ///
    /// @param wanted the maximum number
    /// @param reach how many entries are read for them, rounded up to whole ranges
    /// @throws NotProven the log's answers contradict its head
    public Tail last(int wanted, long reach)
            throws NotProven, LogUnavailable, InterruptedException {
        try {
            TreeHead head = log.head();
            List<Candidate> found = new ArrayList<>();
            long end = head.size();
            long length = log.pageSize();
            while (end > 0 && found.size() < wanted && head.size() - end < reach) {
                long from = Math.max(0, end - length);
                from -= from % log.pageSize();
                found.addAll(range(from, end, head).reversed());
                end = from;
                length = Math.min(2 * length, LONGEST);
            }
            return new Tail(
                    head, found.subList(0, Math.min(wanted, found.size())), head.size() - end);
        } catch (UntrustedHead | MalformedAnswer e) {
            throw new NotProven(String.valueOf(e.getMessage()), e);
        }
    }

    private List<Candidate> range(long from, long end, TreeHead head)
            throws NotProven, LogUnavailable, MalformedAnswer, InterruptedException {
        Frontier tree = edge(from, head);
        List<Candidate> found = new ArrayList<>();
        while (tree.size() < end) {
            EntryPage page = log.entries(new CtLog.Range(tree.size(), end), head, ours);
            tree.addAll(page.leafHashes().toArray());
            page.candidates().stream().filter(Candidate::isPrecertificate).forEach(found::add);
        }
        List<Octets> nodes = log.consistency(end, head);
        ConsistencyProof.Tree rebuilt = new ConsistencyProof.Tree(end, tree.root());
        ConsistencyProof.Tree signed = new ConsistencyProof.Tree(head.size(), head.root());
        if (!ConsistencyProof.proves(nodes, rebuilt, signed)) {
            throw new NotProven(
                    "entries %d to %d are not part of its tree of %d entries, root %s"
                            .formatted(from, end - 1, head.size(), head.root()),
                    null);
        }
        return found;
    }

    /// The edge that the log claims for the entries before; a wrong one leads to no root that it
    /// signed.
    private Frontier edge(long from, TreeHead head)
            throws NotProven, LogUnavailable, MalformedAnswer, InterruptedException {
        try {
            return new Frontier(from, log.edge(from, head));
        } catch (IllegalArgumentException e) {
            throw new NotProven(
                    "its proof for entry %d does not fit: %s".formatted(from, e.getMessage()), e);
        }
    }
}
