package org.precertocsp.loadtest.drive;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;

/// Looks at the schedule around every look at the sockets. While a request is due soon the loop
/// polls instead of sleeping, because a sleeping thread wakes tens of microseconds late and that
/// would be counted as the server's latency.
final class PacedIo implements IoHandler {
    /// What the loop asks between two looks at the sockets.
    interface Beat {
        /// Sends what is due.
        ///
        /// @return true to poll, false to sleep until a socket or timer wakes the loop
        boolean sendDue();

        /// @param handled sockets that had something
        void looked(int handled, boolean polled);
    }

    private static final Beat REST =
            new Beat() {
                @Override
                public boolean sendDue() {
                    return false;
                }

                @Override
                public void looked(int handled, boolean polled) {}
            };

    private final IoHandler sockets;
    private Beat beat = REST;

    PacedIo(IoHandler sockets) {
        this.sockets = sockets;
    }

    /// From now on this is asked. Call on the loop's thread.
    void follow(Beat next) {
        beat = next;
    }

    @Override
    public int run(IoHandlerContext context) {
        boolean poll = beat.sendDue();
        int handled = sockets.run(poll ? new Polling(context) : context);
        beat.looked(handled, poll);
        return handled;
    }

    /// The loop's own context, but never sleeping.
    private record Polling(IoHandlerContext loop) implements IoHandlerContext {
        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return loop.delayNanos(currentTimeNanos);
        }

        @Override
        public long deadlineNanos() {
            return loop.deadlineNanos();
        }
    }

    @Override
    public void initialize() {
        sockets.initialize();
    }

    @Override
    public void prepareToDestroy() {
        sockets.prepareToDestroy();
    }

    @Override
    public void destroy() {
        sockets.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return sockets.register(handle);
    }

    @Override
    public void wakeup() {
        sockets.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return sockets.isCompatible(handleType);
    }
}
