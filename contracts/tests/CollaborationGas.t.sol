// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollaboration} from "../src/ICollaboration.sol";
import {MarketToken} from "../src/MarketToken.sol";
import {Queries} from "./Queries.sol";

/// @dev What each call costs as a transaction of its own (run with --isolate), paid in the market's credit, among parties that
/// have done this before.
contract CollaborationGasTest is Queries {
    MarketToken private credit;
    uint256 private _count;

    function setUp() public override {
        super.setUp();
        credit = new MarketToken(address(this));
        _openQueries(credit);
        _fund(querier);
        _offer(service, FEE);
        _answer(_ask());
        _pass(QUERY);
        queries.settle(QUERY);
    }

    function _fund(address account) internal override {
        super._fund(account);
        if (address(credit) == address(0)) return;
        credit.mint(account, FUNDS);
        vm.prank(account);
        credit.approve(address(queries), type(uint256).max);
    }

    function test_gas_ofDeployment() public {
        vm.startSnapshotGas("deploy Collaboration");
        ICollaboration deployed = _deploy(credit, address(conduct));
        vm.stopSnapshotGas();
        vm.assertTrue(address(deployed).code.length < 24_576, "EIP-170");
    }

    function test_gas_ofAService() public {
        _offer(stranger, FEE);
        vm.snapshotGasLastCall("offerService");
        _offer(stranger, 2 * FEE);
        vm.snapshotGasLastCall("offerService again");
        vm.prank(stranger);
        queries.withdrawService();
        vm.snapshotGasLastCall("withdrawService");
    }

    function test_gas_ofAQuery() public {
        _ask(); // and stays open, so that the escrow is neither filled from nothing nor emptied
        bytes32 query = _ask();
        vm.snapshotGasLastCall("bond");
        _answer(query);
        vm.snapshotGasLastCall("answer");
        uint256 state = vm.snapshotState();
        vm.prank(querier);
        queries.confirm(query);
        vm.snapshotGasLastCall("confirm");
        vm.revertToState(state);
        _pass(query);
        queries.settle(query);
        vm.snapshotGasLastCall("settle");
    }

    function test_gas_ofARefund() public {
        _ask(); // and stays open, so that the escrow is neither filled from nothing nor emptied
        bytes32 query = _ask();
        uint256 state = vm.snapshotState();
        vm.prank(collaborator);
        queries.decline(query);
        vm.snapshotGasLastCall("decline");
        vm.revertToState(state);
        _pass(query);
        queries.expire(query);
        vm.snapshotGasLastCall("expire");
    }

    function _ask() private returns (bytes32) {
        ICollaboration.Terms memory t = _terms();
        if (_count++ != 0) t.query = keccak256(abi.encode(_count));
        t.validUntil = uint64(block.timestamp);
        _bond(t);
        return t.query;
    }

    function _answer(bytes32 query) private {
        vm.prank(service);
        queries.answer(query, RESULT);
    }
}
