package io.reflux.model.operator;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import io.reflux.model.operator.spi.SymbolicInt.SizeOf;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out how the free sizes of a node's outputs follow from those of its inputs, without asking the operator more
 * than its shape rule: the free sizes are set to primes, three times to others, and the numbers that come out tell the
 * product they are made of. So {@code [N, T, 768]} under a Reshape to {@code [N·T, 12, -1]} is known to end in 64.
 */
final class SizeProbe {

    /** Small ones show what is clamped, large ones what is rounded; no sum or product of a few of them meets another. */
    private static final long[][] PRIMES = {
        {2, 3, 5, 7, 11, 13, 17, 19},
        {1009, 1013, 1019, 1021, 1031, 1033, 1039, 1049},
        {100003, 100019, 100043, 100049, 100057, 100069, 100103, 100109}
    };

    /** The axes in which the factors of a matrix product differ. */
    private static final int MATRIX_AXES = 2;

    private final Operator operator;
    private final GraphNode node;
    private final Facts facts;
    private final List<SizeOf> symbols;
    /** For each input the sizes that may meet those of others: its own, or its elements if it is a known shape. */
    private final List<List<SymbolicInt>> rows;

    private SizeProbe(Operator operator, GraphNode node, Facts facts) {
        this.operator = operator;
        this.node = node;
        this.facts = facts;
        Set<SizeOf> found = new LinkedHashSet<>();
        List<List<SymbolicInt>> inputRows = new ArrayList<>();
        for (String input : node.inputs()) {
            if (!input.isEmpty()) {
                List<SymbolicInt> sizes = facts.sizes().get(input);
                List<SymbolicInt> row =
                        facts.integers(input).map(SymbolicInts::elements).orElse(sizes);
                row.forEach(size -> size.collect(found));
                sizes.forEach(size -> size.collect(found));
                inputRows.add(row);
            }
        }
        this.rows = inputRows;
        // The sizes of the graph's inputs first, so that they stand for those that they meet.
        this.symbols = found.stream()
                .sorted(Comparator.comparing(symbol -> !facts.inputs().contains(symbol.value())))
                .toList();
    }

    /** The sizes of each output; one that cannot be told is itself. */
    static List<List<SymbolicInt>> sizes(Operator operator, GraphNode node, Facts facts, List<List<Long>> shapes) {
        boolean open = shapes.stream().anyMatch(shape -> shape.contains(Shapes.FREE));
        return new SizeProbe(operator, node, facts).sizes(shapes, open);
    }

    private List<List<SymbolicInt>> sizes(List<List<Long>> shapes, boolean open) {
        List<List<List<Long>>> probes = open && symbols.size() <= PRIMES[0].length ? probe() : List.of();
        List<List<SymbolicInt>> result = new ArrayList<>();
        for (int i = 0; i < shapes.size(); i++) {
            List<SymbolicInt> sizes = new ArrayList<>();
            for (int axis = 0; axis < shapes.get(i).size(); axis++) {
                long size = shapes.get(i).get(axis);
                SymbolicInt itself = new SizeOf(node.output(i), axis);
                sizes.add(
                        size != Shapes.FREE
                                ? SymbolicInt.of(size)
                                : explain(probes, i, axis).orElse(itself));
            }
            result.add(List.copyOf(sizes));
        }
        return result;
    }

    /** Three answers, with free sizes that meet taken to be the same only where the operator asks for it. */
    private List<List<List<Long>>> probe() {
        for (int spared : new int[] {Integer.MAX_VALUE, 0, MATRIX_AXES}) {
            List<List<List<Long>>> probes = probe(meeting(spared));
            if (!probes.isEmpty()) {
                return probes;
            }
        }
        return List.of();
    }

    private List<List<List<Long>>> probe(Map<SizeOf, SizeOf> same) {
        List<List<List<Long>>> probes = new ArrayList<>();
        for (long[] primes : PRIMES) {
            Map<SizeOf, Long> numbers = new HashMap<>();
            for (int s = 0; s < symbols.size(); s++) {
                SizeOf representative = same.getOrDefault(symbols.get(s), symbols.get(s));
                numbers.put(symbols.get(s), primes[symbols.indexOf(representative)]);
            }
            try {
                probes.add(operator.outputShapes(node, new Probe(facts, numbers)));
            } catch (ModelException e) {
                // Sizes that must agree were given different primes: nothing is learnt.
                return List.of();
            }
        }
        return probes;
    }

    /**
     * Free sizes at the same axis of different inputs, aligned at the end, each with the first that it meets. In
     * arithmetic they are the same or one of them is 1, which a free size that meets another is not taken to be.
     *
     * @param spared how many of the last axes are left out
     */
    private Map<SizeOf, SizeOf> meeting(int spared) {
        Map<SizeOf, SizeOf> same = new HashMap<>();
        Map<Integer, SizeOf> firsts = new HashMap<>();
        for (SizeOf symbol : symbols) {
            for (List<SymbolicInt> row : rows) {
                int fromEnd = row.size() - 1 - row.indexOf(symbol);
                if (row.contains(symbol) && fromEnd >= spared) {
                    SizeOf first = firsts.computeIfAbsent(fromEnd, axis -> same.getOrDefault(symbol, symbol));
                    same.putIfAbsent(symbol, first);
                }
            }
        }
        return same;
    }

    private Optional<SymbolicInt> explain(List<List<List<Long>>> probes, int output, int axis) {
        if (probes.isEmpty()) {
            return Optional.empty();
        }
        long[] found = probes.stream()
                .mapToLong(shapes -> shapes.get(output).get(axis))
                .toArray();
        if (found[0] < 1) {
            return Optional.empty();
        }
        List<SymbolicInt> factors = new ArrayList<>();
        for (int s = 0; s < symbols.size(); s++) {
            while (dividesAll(found, s)) {
                for (int i = 0; i < found.length; i++) {
                    found[i] /= PRIMES[i][s];
                }
                factors.add(symbols.get(s));
            }
        }
        // A cut is clamped to what is there, so that a number that always comes out need not be the size.
        boolean clamped = factors.isEmpty() && node.operator().equals("Slice");
        if (found[0] != found[1] || found[1] != found[2] || clamped) {
            return Optional.empty();
        }
        return factors.stream().map(Optional::of).reduce(Optional.of(SymbolicInt.of(found[0])), SizeProbe::times);
    }

    private static Optional<SymbolicInt> times(Optional<SymbolicInt> a, Optional<SymbolicInt> b) {
        return a.flatMap(x -> b.flatMap(y -> SymbolicInt.of(Operation.MULTIPLY, x, y)));
    }

    private static boolean dividesAll(long[] found, int symbol) {
        for (int i = 0; i < found.length; i++) {
            if (found[i] % PRIMES[i][symbol] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The facts, with numbers for what is free. */
    private record Probe(Facts facts, Map<SizeOf, Long> numbers) implements NodeContext {

        @Override
        public int opset() {
            return facts.opset();
        }

        @Override
        public boolean isConstant(String onnxName) {
            return facts.isConstant(onnxName);
        }

        @Override
        public GraphTensor constant(String onnxName) {
            return facts.constant(onnxName);
        }

        @Override
        public List<Long> shape(String onnxName) {
            return facts.sizes().get(onnxName).stream()
                    .map(size -> size.evaluate(numbers::get))
                    .toList();
        }

        @Override
        public ElementType type(String onnxName) {
            return facts.type(onnxName);
        }

        @Override
        public Optional<SymbolicInts> integers(String onnxName) {
            return facts.integers(onnxName)
                    .flatMap(
                            known -> known.map(element -> Optional.of(SymbolicInt.of(element.evaluate(numbers::get)))));
        }
    }
}
