package org.precertocsp.responder.intake;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;

/// Detects a list that is loaded for the wrong issuer, which could not be undone: nothing in the
/// list names the issuer of its serials.
///
/// Checks the first serials that are new to the named issuer: if most of them are known as another
/// configured issuer's, the list belongs to that one. Only long serials count, since two CAs that
/// number from one have the same serials legitimately.
final class WrongIssuerCheck {
    /// Number of new serials checked; each costs a lookup per issuer.
    static final int SAMPLE = 200;

    /// In bytes; what the Baseline Requirements' 64 bits of entropy need (BR 7.1).
    static final int LONG_SERIAL = 8;

    private final ConfiguredIssuer.Directory issuers;
    private final Function<SerialKey, Optional<StatusRecord>> known;
    private final Map<ConfiguredIssuer, Integer> elsewhere = new HashMap<>();
    private final boolean wanted;
    private long seenBefore;
    private int sampled;

    /// @param known returns the recorded status of a serial, changes of this list included
    /// @param wanted false if the operator declares the serials new
    WrongIssuerCheck(
            ConfiguredIssuer.Directory issuers,
            Function<SerialKey, Optional<StatusRecord>> known,
            boolean wanted) {
        this.issuers = issuers;
        this.known = known;
        this.wanted = wanted && issuers.issuers().size() > 1;
    }

    /// Checks one serial of a list and the outcome of its change.
    void see(SerialKey key, ChangeOutcome outcome) {
        if (!wanted || sampled >= SAMPLE || key.serial().content().length() < LONG_SERIAL) {
            return;
        }
        if (!(outcome instanceof ChangeOutcome.Added)) {
            seenBefore++;
            return;
        }
        sampled++;
        for (ConfiguredIssuer issuer : issuers.issuers()) {
            IssuerKey other = issuer.key();
            if (!other.equals(key.issuer())
                    && known.apply(new SerialKey(other, key.serial())).isPresent()) {
                elsewhere.merge(issuer, 1, Integer::sum);
            }
        }
    }

    /// Why the list belongs to another issuer; empty if nothing indicates it.
    Optional<String> problem() {
        for (Map.Entry<ConfiguredIssuer, Integer> entry : elsewhere.entrySet()) {
            int count = entry.getValue();
            if (2L * count > sampled + seenBefore) {
                return Optional.of(
                        ("%d of the first %d serials in it are known as serials of issuer '%s', not"
                                        + " of the one named: is it that issuer's list? If these"
                                        + " serials are new ones of the issuer named, load it with"
                                        + " --new-serials")
                                .formatted(count, sampled + seenBefore, entry.getKey().name()));
            }
        }
        return Optional.empty();
    }
}
