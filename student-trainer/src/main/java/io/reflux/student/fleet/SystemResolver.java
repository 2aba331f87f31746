package io.reflux.student.fleet;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up as the system is set up to, hosts file and search domains included, but anew each time: the JVM's own resolver
 * would keep an answer for half a minute.
 */
public final class SystemResolver implements DnsMembership.Resolver {
    private static final int MAX_TTL_SECONDS = 1;
    private static final int WAIT_SECONDS = 10;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final DnsNameResolver resolver = new DnsNameResolverBuilder(loop.next())
            .datagramChannelType(NioDatagramChannel.class)
            .ttl(0, MAX_TTL_SECONDS)
            .negativeTtl(0)
            .build();

    @Override
    public List<InetAddress> resolve(String name) throws IOException {
        try {
            return List.copyOf(resolver.resolveAll(name).get(WAIT_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("dns " + name + ": interrupted", e);
        } catch (Exception e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("dns " + name + ": " + cause.getMessage(), e);
        }
    }

    @Override
    public void close() {
        resolver.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
