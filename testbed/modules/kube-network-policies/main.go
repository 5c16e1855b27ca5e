// Decides flows with kube-network-policies' own evaluators, without a kernel: worlds on stdin, one JSON object a
// line, answers on stdout, one a line. The differential test of the Admin and Baseline tiers feeds it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"

	v1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/kube-network-policies/pkg/api"
	"sigs.k8s.io/kube-network-policies/pkg/network"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
	"sigs.k8s.io/kube-network-policies/pkg/podinfo"
	npa1 "sigs.k8s.io/kube-network-policies/plugins/npa-v1alpha1"
	npa2 "sigs.k8s.io/kube-network-policies/plugins/npa-v1alpha2"
	"sigs.k8s.io/network-policy-api/apis/v1alpha1"
	"sigs.k8s.io/network-policy-api/apis/v1alpha2"
	npafake "sigs.k8s.io/network-policy-api/pkg/client/clientset/versioned/fake"
	npainformers "sigs.k8s.io/network-policy-api/pkg/client/informers/externalversions"
)

// World is one snapshot and the flows that are asked about it.
type World struct {
	Namespaces      []*v1.Namespace
	Nodes           []*v1.Node
	Pods            []*v1.Pod
	NetworkPolicies []*networkingv1.NetworkPolicy
	Admin           []*v1alpha1.AdminNetworkPolicy
	Baseline        []*v1alpha1.BaselineAdminNetworkPolicy
	Cluster         []*v1alpha2.ClusterNetworkPolicy
	Flows           []Flow
}

// Flow is one connection, by addresses.
type Flow struct {
	From, To string
	Protocol string
	Port     int
}

type nobody struct{}

func (nobody) ContainsIP(string, net.IP) bool { return false }

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	for in.Scan() {
		var world World
		if err := json.Unmarshal(in.Bytes(), &world); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		answers, err := decide(&world)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
			os.Exit(1)
		}
	}
}

// decide says of each flow whether it may leave its source, and whether it may enter its destination.
func decide(world *World) ([][2]bool, error) {
	ctx := context.Background()
	core := informers.NewSharedInformerFactory(fake.NewClientset(), 0)
	policies := npainformers.NewSharedInformerFactory(npafake.NewSimpleClientset(), 0)
	namespaces := core.Core().V1().Namespaces()
	nodes := core.Core().V1().Nodes()
	pods := core.Core().V1().Pods()
	plain := core.Networking().V1().NetworkPolicies()
	admin := policies.Policy().V1alpha1().AdminNetworkPolicies()
	baseline := policies.Policy().V1alpha1().BaselineAdminNetworkPolicies()
	cluster := policies.Policy().V1alpha2().ClusterNetworkPolicies()
	resolver, err := podinfo.NewInformerResolver(pods.Informer())
	if err != nil {
		return nil, err
	}
	info := podinfo.NewInformerProvider(pods, namespaces, nodes, []podinfo.IPResolver{resolver})
	evaluators := []api.PolicyEvaluator{
		npa1.NewAdminNetworkPolicy(admin, nobody{}),
		npa2.NewClusterNetworkPolicy(v1alpha2.AdminTier, cluster, nobody{}, nodes.Lister()),
		networkpolicy.NewStandardNetworkPolicy("", namespaces, pods, plain),
		npa1.NewBaselineAdminNetworkPolicy(baseline),
		npa2.NewClusterNetworkPolicy(v1alpha2.BaselineTier, cluster, nobody{}, nodes.Lister()),
	}
	for _, one := range world.Namespaces {
		err = firstOf(err, namespaces.Informer().GetIndexer().Add(one))
	}
	for _, one := range world.Nodes {
		err = firstOf(err, nodes.Informer().GetIndexer().Add(one))
	}
	for _, one := range world.Pods {
		err = firstOf(err, pods.Informer().GetIndexer().Add(one))
	}
	for _, one := range world.NetworkPolicies {
		err = firstOf(err, plain.Informer().GetIndexer().Add(one))
	}
	for _, one := range world.Admin {
		err = firstOf(err, admin.Informer().GetIndexer().Add(one))
	}
	for _, one := range world.Baseline {
		err = firstOf(err, baseline.Informer().GetIndexer().Add(one))
	}
	for _, one := range world.Cluster {
		err = firstOf(err, cluster.Informer().GetIndexer().Add(one))
	}
	if err != nil {
		return nil, err
	}
	answers := make([][2]bool, len(world.Flows))
	for i, flow := range world.Flows {
		packet := &network.Packet{
			Family:  v1.IPv4Protocol,
			SrcIP:   net.ParseIP(flow.From),
			DstIP:   net.ParseIP(flow.To),
			Proto:   v1.Protocol(flow.Protocol),
			SrcPort: 40000,
			DstPort: flow.Port,
		}
		source, _ := info.GetPodInfoByIP(flow.From)
		destination, _ := info.GetPodInfoByIP(flow.To)
		answers[i] = [2]bool{
			passes(ctx, evaluators, func(one api.PolicyEvaluator) (api.Verdict, error) {
				return one.EvaluateEgress(ctx, packet, source, destination)
			}),
			passes(ctx, evaluators, func(one api.PolicyEvaluator) (api.Verdict, error) {
				return one.EvaluateIngress(ctx, packet, source, destination)
			}),
		}
	}
	return answers, nil
}

// passes goes through the tiers as the engine does: the first that decides is the answer.
func passes(ctx context.Context, evaluators []api.PolicyEvaluator, ask func(api.PolicyEvaluator) (api.Verdict, error)) bool {
	for _, one := range evaluators {
		verdict, err := ask(one)
		if err != nil || verdict == api.VerdictDeny {
			return false
		}
		if verdict == api.VerdictAccept {
			return true
		}
	}
	return true
}

func firstOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
