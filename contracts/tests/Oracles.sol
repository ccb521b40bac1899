// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPrivacyOracle} from "../src/IPrivacyOracle.sol";
import {HostileToken} from "./HostileToken.sol";
import {Test} from "./Test.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev An oracle with five nodes, which are the committee of every request here, and short ways into each state.
abstract contract Oracles is Test {
    uint128 internal constant PENALTY = 10 ether;
    uint128 internal constant STAKE = 3 * PENALTY;
    uint96 internal constant FEE = 100 ether + 3; // its half cannot be parted by two
    uint256 internal constant FUNDS = 100_000 ether;
    uint32 internal constant CHALLENGE = 1 days;
    uint32 internal constant GATHER = 10 minutes;
    uint32 internal constant SOLVE = 20 minutes;
    uint32 internal constant VOTE = 5 minutes;
    uint32 internal constant VALIDITY = 30 days;
    uint256 internal constant NODES = 5;
    uint256 internal constant MAX_NODES = 128;
    bytes32 internal constant DIGEST = keccak256("profiles");
    bytes32 internal constant OTHER_DIGEST = keccak256("altered profiles");
    bytes32 internal constant EVIDENCE = keccak256("report");
    /// @dev The generator of P-256 (SEC 2, 2.4.2): a valid point that everybody knows.
    bytes internal constant PUBLIC_KEY = hex"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        hex"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    address internal requester = _actor("requester");
    address internal stranger = _actor("stranger");
    HostileToken internal token;
    IPrivacyOracle internal oracle;
    address[] internal nodes;
    mapping(address node => uint256) internal keys;

    function setUp() public virtual {
        vm.warp(1_795_000_000);
        token = new HostileToken();
        _openOracle(token);
        _fund(requester);
        for (uint256 i = 0; i < NODES; ++i) {
            _newNode(STAKE);
        }
    }

    function _openOracle(IERC20 currency) internal {
        oracle = _deploy(currency, PENALTY, CHALLENGE);
    }

    /// @dev By its artefact: the contract has compiler settings of its own, which its importers would have to share.
    function _deploy(IERC20 currency, uint128 penalty, uint32 window) internal returns (IPrivacyOracle deployed) {
        bytes memory code =
            bytes.concat(vm.getCode("PrivacyOracle.sol:PrivacyOracle"), abi.encode(currency, penalty, window));
        assembly {
            deployed := create(0, add(code, 32), mload(code))
            if iszero(deployed) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function _fund(address account) internal virtual {
        token.mint(account, FUNDS);
        vm.prank(account);
        token.approve(address(oracle), type(uint256).max);
    }

    function _newNode(uint128 stake) internal returns (address node) {
        uint256 key = uint256(keccak256(abi.encode("node", nodes.length)));
        node = vm.addr(key);
        keys[node] = key;
        nodes.push(node);
        _fund(node);
        vm.prank(node);
        oracle.register(PUBLIC_KEY, stake);
    }

    function _terms() internal pure returns (IPrivacyOracle.Terms memory t) {
        (t.document, t.groupKey, t.fee, t.committee, t.threshold) = (keccak256("terms"), PUBLIC_KEY, FEE, 5, 3);
        (t.gatherSeconds, t.solveSeconds, t.voteSeconds, t.validity) = (GATHER, SOLVE, VOTE, VALIDITY);
    }

    function _request() internal returns (bytes32 id) {
        return _request(_terms());
    }

    function _request(IPrivacyOracle.Terms memory terms) internal returns (bytes32 id) {
        vm.prank(requester);
        return oracle.request(terms);
    }

    function _mark(bytes32 id, address node, bytes32 digest) internal pure returns (bytes32) {
        return keccak256(abi.encode(id, node, digest));
    }

    function _submit(bytes32 id, address node, bytes32 digest) internal {
        vm.prank(node);
        oracle.submitProfiles(id, _mark(id, node, digest));
    }

    /// @dev Round 1 is over; the last `others` of the nodes have submitted another digest.
    function _gathered(uint256 others) internal returns (bytes32 id) {
        id = _request();
        for (uint256 i = 0; i < NODES; ++i) {
            _submit(id, nodes[i], i + others < NODES ? DIGEST : OTHER_DIGEST);
        }
    }

    function _model() internal view returns (IPrivacyOracle.Proposal memory p) {
        (p.profileDigest, p.result, p.content) = (DIGEST, keccak256("model"), keccak256("sealed model"));
        p.expiresAt = uint64(block.timestamp + VOTE + VALIDITY);
    }

    function _refusal() internal pure returns (IPrivacyOracle.Proposal memory p) {
        (p.profileDigest, p.result) = (DIGEST, keccak256("no such privacy"));
        p.outcome = IPrivacyOracle.Outcome.Refusal;
    }

    function _propose(bytes32 id, address solver, IPrivacyOracle.Proposal memory p) internal {
        vm.prank(solver);
        oracle.propose(id, p);
    }

    /// @dev The first node has proposed a model, all profiles are the same.
    function _proposed() internal returns (bytes32 id) {
        id = _gathered(0);
        _propose(id, nodes[0], _model());
    }

    function _ballot(bytes32 id, bool accept) internal view returns (IPrivacyOracle.Vote memory v) {
        IPrivacyOracle.Status memory s = oracle.requestOf(id);
        return IPrivacyOracle.Vote(id, s.attempt, s.proposalHash, accept, accept ? bytes32(0) : EVIDENCE);
    }

    /// @dev EIP-712, written down here a second time.
    function _hash(IPrivacyOracle.Vote memory v, address verifier) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("PrivacyOracle"),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        bytes32 type_ =
            keccak256("Vote(bytes32 requestId,uint256 attempt,bytes32 proposalHash,bool accept,bytes32 evidence)");
        return keccak256(abi.encodePacked("\x19\x01", domain, keccak256(abi.encode(type_, v))));
    }

    function _sign(address node, IPrivacyOracle.Vote memory v) internal view returns (bytes memory) {
        (uint8 p, bytes32 r, bytes32 s) = vm.sign(keys[node], _hash(v, address(oracle)));
        return abi.encodePacked(r, s, p);
    }

    /// @dev Hands in one signed vote, by a stranger.
    function _handIn(bytes32 id, IPrivacyOracle.Vote memory v, bytes memory signature) internal {
        (IPrivacyOracle.Vote[] memory votes, bytes[] memory signatures) = (new IPrivacyOracle.Vote[](1), new bytes[](1));
        (votes[0], signatures[0]) = (v, signature);
        vm.prank(stranger);
        oracle.vote(id, votes, signatures);
    }

    function _vote(bytes32 id, address node, bool accept) internal {
        IPrivacyOracle.Vote memory v = _ballot(id, accept);
        _handIn(id, v, _sign(node, v));
    }

    /// @dev One batch: the nodes from..to-1, the first `accepts` of them for it.
    function _batch(bytes32 id, uint256 from, uint256 to, uint256 accepts)
        internal
        view
        returns (IPrivacyOracle.Vote[] memory votes, bytes[] memory signatures)
    {
        (votes, signatures) = (new IPrivacyOracle.Vote[](to - from), new bytes[](to - from));
        for (uint256 i = 0; i < to - from; ++i) {
            votes[i] = _ballot(id, i < accepts);
            signatures[i] = _sign(nodes[from + i], votes[i]);
        }
    }

    function _voteAll(bytes32 id, uint256 from, uint256 to, uint256 accepts) internal {
        (IPrivacyOracle.Vote[] memory votes, bytes[] memory signatures) = _batch(id, from, to, accepts);
        oracle.vote(id, votes, signatures);
    }

    function _finalised() internal returns (bytes32 id) {
        id = _proposed();
        _voteAll(id, 1, 3, 2);
    }

    /// @dev The first second after the present step, or after the challenges.
    function _pass(bytes32 id) internal {
        vm.warp(oracle.requestOf(id).deadline + 1);
    }

    function _release(bytes32 id) internal {
        _pass(id);
        oracle.release(id);
    }

    function _assertState(bytes32 id, IPrivacyOracle.State expected) internal view {
        vm.assertEq(uint256(oracle.requestOf(id).state), uint256(expected), "state");
    }

    function _assertNode(address node, uint256 stake, uint256 reserved) internal view {
        (uint256 actualStake, uint256 actualReserved,,) = oracle.nodeOf(node);
        vm.assertEq(actualStake, stake, "stake");
        vm.assertEq(actualReserved, reserved, "reserved");
    }

    function _isDrawable(address node) internal view returns (bool drawable) {
        (,,, drawable) = oracle.nodeOf(node);
    }

    function _wrongState(bytes32 id, IPrivacyOracle.State state) internal {
        _expectError(IPrivacyOracle.WrongState.selector, abi.encode(id, state));
    }

    function _notAllowed(address account) internal {
        _expectError(IPrivacyOracle.NotAllowed.selector, abi.encode(account));
    }

    function _expectPenalty(bytes32 id, address node, IPrivacyOracle.Offence offence) internal {
        vm.expectEmit(address(oracle));
        emit IPrivacyOracle.Penalised(id, node, offence, PENALTY);
    }
}
