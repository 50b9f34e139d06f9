package org.precertocsp.loadtest.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeyFailure;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.Keys;
import org.precertocsp.signer.key.SigningKey;

/// Signs with a key as fast as one thread can and prints how many signatures a second that makes.
public final class SigningProbe {
    /// About what a response about one certificate has under its signature.
    private static final int MESSAGE_BYTES = 180;

    private static final double NANOS = 1e9;

    private SigningProbe() {}

    /// @param arguments key file (PKCS#8 PEM), milliseconds to measure; half as long before, to
    ///   warm up
    public static void main(String[] arguments) throws KeyFailure {
        KeyConfig config =
                new KeyConfig(
                        new KeySource.Pem(Path.of(arguments[0]), Optional.empty()),
                        KeyConfig.RsaPadding.PKCS1,
                        KeyConfig.RsaHash.SHA256,
                        KeyConfig.ProviderChoice.FASTEST);
        try (SigningKey key = Keys.open(config, Optional.empty())) {
            Duration time = Duration.ofMillis(Long.parseLong(arguments[1]));
            perSecond(key, time.dividedBy(2));
            System.out.println(perSecond(key, time));
        }
    }

    private static double perSecond(SigningKey key, Duration time) throws KeyFailure {
        byte[] message = new byte[MESSAGE_BYTES];
        long start = System.nanoTime();
        long signatures = 0;
        while (System.nanoTime() - start < time.toNanos()) {
            message[0]++;
            key.sign(message);
            signatures++;
        }
        return signatures * NANOS / (System.nanoTime() - start);
    }
}
