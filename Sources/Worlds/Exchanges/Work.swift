import Base
import Command
import Entities
import MicroHTTP
import Model
import Orchestrators

/// The work of an endpoint, or of the token endpoint: from the route to the reply. Runs under the world's lock.
enum Work {
    /// The result of the work.
    struct Completion {
        var response: Response
        /// Whether the estate was changed, or a token issued.
        var isCommitted = false
        /// Why it was refused, or what else a developer should know.
        var reason: String?

        init(_ response: Response, isCommitted: Bool = false, reason: String? = nil) {
            (self.response, self.isCommitted, self.reason) = (response, isCommitted, reason)
        }
    }

    /// Does what a request asks for, or refuses it.
    ///
    /// - Parameters:
    ///   - exchange: the request.
    ///   - caller: the authenticated caller; `nil` gets 401.
    ///   - state: the world.
    ///   - now: the world's time.
    /// - Returns: the reply, and whether anything was changed.
    static func outcome(_ exchange: Exchange, _ caller: Caller?, _ state: inout WorldState, now: Timestamp) -> Completion {
        if case .revocationList(let name) = exchange.subject { return state.revocationList(name, now: now) }
        if case .certificateStatus(let name, let der) = exchange.subject { return state.certificateStatus(name, der, now: now) }
        guard case .operation(let route, let body) = exchange.subject else {
            return state.tokenOutcome(exchange, now: now)
        }
        guard let caller else {
            let why =
                state.scenario.access.reason(
                    exchange.credential, header: exchange.request.header("authorization"), state.tokens, world: state.name, now: now)
                + NearMiss.tokenHint(exchange.request)
            return Completion(state.unauthorized(why, now: now), reason: why)
        }
        let (request, scenario) = (exchange.request, state.scenario)
        do throws(Refusal) {
            let (endpoint, parameters) = try endpoint(route, request, scenario, exchange.nearest)
            try HeaderChecks.check(request, scenario.fidelity)
            guard caller.permissions.allow(endpoint.needs) else { throw .forbidden(caller.name, endpoint.needs.text) }
            let call = Call(
                request: request, parameters: parameters, query: try QueryParameters(request),
                body: try document(body, scenario.fidelity), caller: caller, now: now, product: scenario.product,
                fidelity: scenario.fidelity, apiVersion: HeaderChecks.version(request, of: endpoint, in: scenario.product))
            if endpoint.seesTime { state.estate.advance(to: now) }
            switch try outcome(of: endpoint, call, state.estate) {
            case .reply(let reply): return Completion(state.response(reply, of: endpoint, now: now))
            case .commit(let commit):
                var response = state.response(try state.commit(commit, for: request), of: endpoint, now: now)
                let doubt = call.body.flatMap { Schedule.doubt(in: $0.root) }?.asReason
                if let doubt { response.add("X-Mock-Why", doubt) }
                return Completion(response, isCommitted: true, reason: doubt)
            }
        } catch {
            var error = error
            let saysSo = scenario.fidelity.unknownMembers == .refuse
            if error.status == 400, error.why == nil, !saysSo, case .success(let document)? = body,
                let doubt = Schedule.doubt(in: document.root)
            {
                error.why = "\(error.message) \(doubt)"
            }
            return Completion(state.response(error, now: now), reason: error.reason)
        }
    }

    /// The endpoint that a route leads to in a release.
    private static func endpoint(
        _ route: Router.Match, _ request: Request, _ scenario: Scenario, _ nearest: String?
    ) throws(Refusal) -> (Operation, [(name: String, value: String)]) {
        switch route {
        case .endpoint(let endpoint, _, let parameters):
            guard endpoint.isServed(by: scenario.product) else {
                throw .noOperation("Command \(scenario.product.rawValue) has no \(endpoint.name)")
            }
            return (endpoint, parameters)
        case .otherMethods(let methods):
            let asked = "\(request.method.name) \(request.text(request.path).prefix(200))"
            throw .methodNotAllowed(asked, methods, guess: NearMiss.confusedMethod(of: request, among: methods))
        case .nothing: throw .noOperation(nearest ?? "")
        case .badEncoding: throw .badArgument("The path is not properly percent-encoded UTF-8.")
        }
    }
}
