package org.precertocsp.responder.http;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The connections there are, and whether they are to end. Thread-safe.
final class OpenConnections {
    /// Told to every connection when the server stops: finish what was asked, take nothing new.
    enum Event {
        DRAIN
    }

    private final int limit;
    private final AtomicInteger count = new AtomicInteger();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile boolean draining;

    OpenConnections(int limit) {
        this.limit = limit;
    }

    /// False if there are too many already, or the server stops; the caller then closes it.
    boolean admit(Channel channel) {
        int open = count.incrementAndGet();
        channel.closeFuture().addListener(_ -> count.decrementAndGet());
        channels.add(channel);
        return open <= limit && !draining;
    }

    int open() {
        return count.get();
    }

    boolean isDraining() {
        return draining;
    }

    /// Waits for answers in flight, then closes what is left. No new connection may come.
    void drain(Duration patience) {
        draining = true;
        for (Channel channel : channels) {
            channel.pipeline().fireUserEventTriggered(Event.DRAIN);
        }
        channels.newCloseFuture().awaitUninterruptibly(patience.toMillis(), TimeUnit.MILLISECONDS);
        channels.close().awaitUninterruptibly();
    }
}
