package org.precertocsp.responder.ctlog;

import java.util.ArrayList;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.merkle.CompactRange;
import org.precertocsp.responder.merkle.ConsistencyProof;

/// Reads a log backwards from its newest head, in ranges each of which is proven to be part of the
/// head's tree before its entries are used (CT-08, CT-09). Blocks on the network.
public final class LogTailReader {
    private static final int LONGEST = 1 << 14;

    private final CtLogClient log;
    private final IssuerFilter ours;

    /// @param ours the issuers whose entries are read
    public LogTailReader(CtLogClient log, IssuerFilter ours) {
        this.log = log;
        this.ours = ours;
    }

    /// The entries found.
    ///
    /// @param precertificates newest first
    /// @param read how many entries were read
    public record Tail(LogTreeHead head, List<CandidateEntry> precertificates, long read) {
        public Tail {
            precertificates = List.copyOf(precertificates);
        }
    }

    /// The newest precertificates of those issuers.
    ///
    /// @param wanted the maximum number
    /// @param reach how many entries are read for them, rounded up to whole ranges
    /// @throws UnprovenLogException the log's answers contradict its head
    public Tail last(int wanted, long reach)
            throws UnprovenLogException, LogUnavailableException, InterruptedException {
        try {
            LogTreeHead head = log.head();
            List<CandidateEntry> found = new ArrayList<>();
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
        } catch (UntrustedTreeHeadException | MalformedLogResponseException e) {
            throw new UnprovenLogException(String.valueOf(e.getMessage()), e);
        }
    }

    private List<CandidateEntry> range(long from, long end, LogTreeHead head)
            throws UnprovenLogException,
                    LogUnavailableException,
                    MalformedLogResponseException,
                    InterruptedException {
        CompactRange tree = edge(from, head);
        List<CandidateEntry> found = new ArrayList<>();
        while (tree.size() < end) {
            EntryPage page = log.entries(new CtLogClient.Range(tree.size(), end), head, ours);
            tree.addAll(page.leafHashes().toArray());
            page.candidates().stream().filter(CandidateEntry::isPrecertificate).forEach(found::add);
        }
        List<ByteString> nodes = log.consistency(end, head);
        ConsistencyProof.Tree rebuilt = new ConsistencyProof.Tree(end, tree.root());
        ConsistencyProof.Tree signed = new ConsistencyProof.Tree(head.size(), head.root());
        if (!ConsistencyProof.proves(nodes, rebuilt, signed)) {
            throw new UnprovenLogException(
                    "entries %d to %d are not part of its tree of %d entries, root %s"
                            .formatted(from, end - 1, head.size(), head.root()),
                    null);
        }
        return found;
    }

    /// The edge that the log claims for the entries before; a wrong one leads to no signed root.
    private CompactRange edge(long from, LogTreeHead head)
            throws UnprovenLogException,
                    LogUnavailableException,
                    MalformedLogResponseException,
                    InterruptedException {
        try {
            return new CompactRange(from, log.edge(from, head));
        } catch (IllegalArgumentException e) {
            throw new UnprovenLogException(
                    "its proof for entry %d does not fit: %s".formatted(from, e.getMessage()), e);
        }
    }
}
