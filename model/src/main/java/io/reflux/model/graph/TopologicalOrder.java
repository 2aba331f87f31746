package io.reflux.model.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** Puts nodes in an order in which each comes after all it needs (Kahn 1962), the earliest in the file first. */
final class TopologicalOrder {

    private TopologicalOrder() {}

    /**
     * @param available names that exist without any node: inputs and initialisers
     * @throws ModelException if a value is made twice, needed but never made, or needs itself
     */
    static List<GraphNode> sort(List<GraphNode> nodes, Set<String> available) {
        Map<String, Integer> makers = makers(nodes, available);
        List<List<Integer>> users = new ArrayList<>();
        int[] waitingFor = new int[nodes.size()];
        nodes.forEach(node -> users.add(new ArrayList<>()));
        for (int i = 0; i < nodes.size(); i++) {
            for (String input : new HashSet<>(nodes.get(i).inputs())) {
                Integer maker = makers.get(input);
                if (maker != null) {
                    users.get(maker).add(i);
                    waitingFor[i]++;
                } else if (!input.isEmpty() && !available.contains(input)) {
                    throw malformed("node " + nodes.get(i).label() + ": input " + input
                            + ": made by no node (expected: a value of the graph)");
                }
            }
        }
        List<GraphNode> sorted = new ArrayList<>(nodes.size());
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < waitingFor.length; i++) {
            if (waitingFor[i] == 0) {
                ready.add(i);
            }
        }
        while (!ready.isEmpty()) {
            int next = ready.remove();
            sorted.add(nodes.get(next));
            for (int user : users.get(next)) {
                if (--waitingFor[user] == 0) {
                    ready.add(user);
                }
            }
        }
        if (sorted.size() < nodes.size()) {
            Set<GraphNode> done = new HashSet<>(sorted);
            GraphNode stuck = nodes.stream()
                    .filter(node -> !done.contains(node))
                    .findFirst()
                    .orElseThrow();
            throw malformed("node " + stuck.label() + ": needs its own output (expected: no cycles)");
        }
        return List.copyOf(sorted);
    }

    private static Map<String, Integer> makers(List<GraphNode> nodes, Set<String> available) {
        Map<String, Integer> makers = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                if (output.isEmpty()) {
                    continue;
                }
                if (available.contains(output) || makers.putIfAbsent(output, i) != null) {
                    throw malformed("node " + nodes.get(i).label() + ": output " + output
                            + ": exists already (expected: a new name)");
                }
            }
        }
        return makers;
    }

    private static ModelException malformed(String message) {
        return new ModelException(ModelException.Code.MALFORMED, message);
    }
}
