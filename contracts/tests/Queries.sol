// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Collaboration} from "../src/Collaboration.sol";
import {ICollaboration} from "../src/ICollaboration.sol";
import {IConduct} from "../src/IConduct.sol";
import {HostileToken} from "./HostileToken.sol";
import {Test} from "./Test.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev What Collaboration asks of Conduct.
contract FakeConduct {
    mapping(address account => bool) private _locked;

    function lock(address account, bool yes) external {
        _locked[account] = yes;
    }

    function isAllowed(address account) external view returns (bool) {
        return !_locked[account];
    }
}

/// @dev A querier, a collaborator and a location service, and short ways into each state.
abstract contract Queries is Test {
    uint128 internal constant REWARD = 5 ether;
    uint128 internal constant FEE = 2 ether;
    uint256 internal constant FUNDS = 1000 ether;
    uint32 internal constant ANSWER = 10 minutes;
    uint32 internal constant CONFIRM = 30 minutes;
    uint64 internal constant START = 1_795_000_000;
    uint64 internal constant VALID = START + 1 hours;
    uint256 internal constant KEY = uint256(keccak256("collaborator"));
    uint256 internal constant STATES = 6;
    bytes32 internal constant QUERY = keccak256("salt and disguised query");
    bytes32 internal constant RESULT = keccak256("sealed result");
    string internal constant ENDPOINT = "https://lbs.example";
    /// @dev The generator of P-256 (SEC 2, 2.4.2): a valid point that everybody knows.
    bytes internal constant PUBLIC_KEY = hex"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        hex"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    address internal querier = _actor("querier");
    address internal service = _actor("service");
    address internal stranger = _actor("stranger");
    address internal collaborator = vm.addr(KEY);
    HostileToken internal token;
    FakeConduct internal conduct;
    ICollaboration internal queries;

    function setUp() public virtual {
        vm.warp(START);
        vm.label(collaborator, "collaborator");
        token = new HostileToken();
        _openQueries(token);
        _fund(querier);
        _offer(service, FEE);
    }

    function _openQueries(IERC20 currency) internal {
        conduct = new FakeConduct();
        queries = _deploy(currency, address(conduct));
    }

    function _deploy(IERC20 currency, address conduct_) internal returns (ICollaboration) {
        return new Collaboration(currency, IConduct(conduct_));
    }

    function _fund(address account) internal virtual {
        token.mint(account, FUNDS);
        vm.prank(account);
        token.approve(address(queries), type(uint256).max);
    }

    function _offer(address account, uint128 fee) internal {
        vm.prank(account);
        queries.offerService(fee, PUBLIC_KEY, ENDPOINT);
    }

    function _terms() internal view returns (ICollaboration.Terms memory t) {
        (t.query, t.collaborator, t.service) = (QUERY, collaborator, service);
        (t.reward, t.fee, t.answerSeconds, t.confirmSeconds, t.validUntil) = (REWARD, FEE, ANSWER, CONFIRM, VALID);
    }

    /// @dev EIP-712, written down here a second time.
    function _digest(ICollaboration.Terms memory t, address caller, uint256 chain, address verifier)
        internal
        pure
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Collaboration"),
                keccak256("1"),
                chain,
                verifier
            )
        );
        bytes32 type_ = keccak256(
            "Agreement(address querier,bytes32 query,address service,uint128 reward,uint128 fee,uint32 answerSeconds,uint32 confirmSeconds,uint64 validUntil)"
        );
        bytes memory data = abi.encode(
            type_, caller, t.query, t.service, t.reward, t.fee, t.answerSeconds, t.confirmSeconds, t.validUntil
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, keccak256(data)));
    }

    /// @dev What the contract hashes when `caller` brings these terms.
    function _digest(ICollaboration.Terms memory t, address caller) internal view returns (bytes32) {
        return _digest(t, caller, block.chainid, address(queries));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _bond(address caller, ICollaboration.Terms memory t, bytes memory agreement) internal {
        vm.prank(caller);
        queries.bond(t, agreement);
    }

    /// @dev With the collaborator's true agreement.
    function _bond(ICollaboration.Terms memory t) internal {
        _bond(querier, t, _sign(KEY, _digest(t, querier)));
    }

    function _bonded() internal returns (bytes32) {
        _bond(_terms());
        return QUERY;
    }

    function _answered() internal returns (bytes32 query) {
        query = _bonded();
        vm.prank(service);
        queries.answer(query, RESULT);
    }

    /// @dev A query that is in this state.
    function _in(ICollaboration.State state) internal returns (bytes32 query) {
        query = QUERY;
        if (state == ICollaboration.State.Bonded) {
            _bonded();
        } else if (state == ICollaboration.State.Answered) {
            _answered();
        } else if (state == ICollaboration.State.Settled) {
            _answered();
            vm.prank(querier);
            queries.confirm(query);
        } else if (state == ICollaboration.State.Declined) {
            _bonded();
            vm.prank(collaborator);
            queries.decline(query);
        } else if (state == ICollaboration.State.Expired) {
            _bonded();
            _pass(query);
            queries.expire(query);
        }
    }

    /// @dev The first second after the present step.
    function _pass(bytes32 query) internal {
        vm.warp(queries.taskOf(query).deadline + 1);
    }

    function _assertState(bytes32 query, ICollaboration.State expected) internal view {
        vm.assertEq(uint256(queries.taskOf(query).state), uint256(expected), "state");
    }

    /// @dev What the parties have beyond what they began with, and what the contract holds.
    function _assertMoney(uint256 spent, uint256 collaboratorHas, uint256 serviceHas, uint256 held) internal view {
        vm.assertEq(token.balanceOf(querier), FUNDS - spent, "querier");
        vm.assertEq(token.balanceOf(collaborator), collaboratorHas, "collaborator");
        vm.assertEq(token.balanceOf(service), serviceHas, "service");
        vm.assertEq(token.balanceOf(address(queries)), held, "escrow");
    }

    function _wrongState(bytes32 query, ICollaboration.State state) internal {
        _expectError(ICollaboration.WrongState.selector, abi.encode(query, state));
    }

    function _notAllowed(address account) internal {
        _expectError(ICollaboration.NotAllowed.selector, abi.encode(account));
    }

    function _tooLate(bytes32 query, uint64 deadline) internal {
        _expectError(ICollaboration.TooLate.selector, abi.encode(query, deadline));
    }

    function _tooEarly(bytes32 query, uint64 deadline) internal {
        _expectError(ICollaboration.TooEarly.selector, abi.encode(query, deadline));
    }
}
