package org.precertocsp.signer.key;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.amazon.corretto.crypto.provider.SelfTestStatus;
import java.security.Provider;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/// The JCA providers that may be used. Used as instances and never installed, so that no other code
/// in the process changes its provider because of us.
///
/// @param corretto present if its native library loads and its self-tests pass
/// @param correttoProblem why it is absent; empty if it is not
record JcaProviders(Optional<Provider> corretto, String correttoProblem) {
    static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

    private static final class Detected {
        static final JcaProviders HERE = detect();
    }

    /// The providers of this machine, detected once.
    static JcaProviders ofThisMachine() {
        return Detected.HERE;
    }

    /// Name and version in readable form.
    static String name(Provider provider) {
        return provider.getName().equals("BC")
                ? "Bouncy Castle " + provider.getVersionStr()
                : provider instanceof AmazonCorrettoCryptoProvider accp
                        ? accp.getName() + " " + accp.getVersionStr()
                        : provider.getName() + " " + provider.getVersionStr();
    }

    private static JcaProviders detect() {
        try {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            Throwable problem = provider.getLoadingError();
            if (problem != null) {
                return without("does not load: " + problem.getMessage());
            }
            SelfTestStatus tests = provider.runSelfTests();
            return tests == SelfTestStatus.PASSED
                    ? new JcaProviders(Optional.of(provider), "")
                    : without("did not pass its self-tests");
        } catch (LinkageError e) {
            return without("does not load: " + e.getMessage());
        }
    }

    private static JcaProviders without(String problem) {
        return new JcaProviders(Optional.empty(), problem);
    }
}
