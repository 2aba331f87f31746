package io.reflux.student.fleet;

import io.reflux.student.remote.TeacherAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;

/**
 * Teachers that a name stands for: one for each of its A and AAAA records, all at one port, as a headless Kubernetes service has
 * them. Certificates are compared with the name.
 */
public final class DnsMembership implements Membership {
    private final String name;
    private final int port;
    private final Resolver resolver;

    /** Looks a name up. */
    @FunctionalInterface
    public interface Resolver extends AutoCloseable {
        /**
         * Returns all addresses of a name as of now, at least one.
         *
         * @throws IOException when there are none or nobody answers
         */
        List<InetAddress> resolve(String name) throws IOException;

        @Override
        default void close() {}
    }

    /**
     * Takes over the resolver and closes it.
     *
     * @param teacher name and port
     */
    public DnsMembership(TeacherAddress teacher, Resolver resolver) {
        this.name = teacher.host();
        this.port = teacher.port();
        this.resolver = resolver;
    }

    @Override
    public List<TeacherAddress> now() throws IOException {
        return resolver.resolve(name).stream()
                .distinct()
                .sorted(Comparator.comparing(InetAddress::getHostAddress))
                .map(ip -> new TeacherAddress(name, port, ip))
                .toList();
    }

    @Override
    public void close() {
        resolver.close();
    }

    @Override
    public String toString() {
        return "dns " + name + ":" + port;
    }
}
